import { Inject } from '@nestjs/common';

/** Token of the resolved options. @publicApi */
export const SECURITY_OPTIONS = Symbol('SECURITY_OPTIONS');

/** Injects the resolved options. @publicApi */
export const InjectSecurityOptions = (): ParameterDecorator & PropertyDecorator => Inject(SECURITY_OPTIONS);
