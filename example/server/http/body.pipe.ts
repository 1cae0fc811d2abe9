import { BadRequestException, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';

/** Takes what the rules of a class allow, and tells which rules were broken without repeating what was sent. */
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
    rule === 'whitelistValidation' ? 'there are properties that nobody knows' : text,
  );
}
