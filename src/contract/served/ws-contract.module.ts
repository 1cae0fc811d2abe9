import { type CanActivate, type DynamicModule, Module, type Type } from '@nestjs/common';
import { CONTRACT_OPTIONS, type WsContractOptions } from '../contract-options.js';
import { ContractAccess } from './contract-access.js';
import { contractController } from './contract.controller.js';

/** The argument of `WsContractModule.forRoot()`. @publicApi */
export interface WsContractModuleOptions extends WsContractOptions {
  /**
   * The path of a page with the contract, such as `/asyncapi`. The document itself is at `/asyncapi.json`. Default: it
   * is not served.
   */
  path?: string;
  /** Guards of the page and the document. In production, the start needs at least one. */
  guards?: readonly Type<CanActivate>[];
  /** Whether it is served, for example only outside production. Default: true. */
  enabled?: boolean;
  /** Modules whose exports the guards need. */
  imports?: DynamicModule['imports'];
}

/**
 * Describes the service in the contract of `WsContract`, and serves it as a page and a document.
 *
 * @publicApi
 */
@Module({})
export class WsContractModule {
  /** @throws WsConfigurationError while the application starts, if it would be served in production without a guard */
  static forRoot(options: WsContractModuleOptions = {}): DynamicModule {
    const { path, guards = [], enabled = true, imports = [] } = options;
    const isServed = path !== undefined && enabled;
    return {
      module: this,
      global: true,
      imports,
      controllers: isServed ? [contractController(path, guards)] : [],
      providers: [{ provide: CONTRACT_OPTIONS, useValue: options }, ...(isServed ? [ContractAccess] : [])],
      exports: [CONTRACT_OPTIONS],
    };
  }
}
