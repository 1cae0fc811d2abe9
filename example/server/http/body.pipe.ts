import { BadRequestException, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';

/** Validates bodies, and names the broken rules without repeating the input. */
@Injectable()
export class BodyPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      exceptionFactory: (errors) => new BadRequestException(errors.flatMap(textsOf)),
    });
  }
}

function textsOf({ constraints = {} }: ValidationError): string[] {
  return Object.entries(constraints).map(([rule, text]) =>
    rule === 'whitelistValidation' ? 'there are unknown properties' : text,
  );
}
