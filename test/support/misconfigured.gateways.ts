import {
  type CanActivate,
  DefaultValuePipe,
  Inject,
  Injectable,
  ParseUUIDPipe,
  type PipeTransform,
  Scope,
  ValidationPipe,
} from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { MessageBody, SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets';
import { Type } from 'class-transformer';
import { IsObject, IsString, ValidateNested } from 'class-validator';
import {
  SecureGateway,
  UnvalidatedBody,
  WsAuthorizationGuard,
  type WsConnectGuard,
  WsPublic,
} from 'nestjs-ws-security';
import * as v from 'valibot';
import { z } from 'zod';
import { EchoDto } from './echo.gateway.js';

interface Note {
  text: string;
}

class NoRules {
  text!: string;
}

@WebSocketGateway({ path: '/open' })
export class UnprotectedGateway {}

@SecureGateway({ path: '/ws' })
export class UncheckedBodies {
  @SubscribeMessage('interface')
  anInterface(@MessageBody() note: Note): Note {
    return note;
  }

  @SubscribeMessage('array')
  anArray(@MessageBody() notes: EchoDto[]): EchoDto[] {
    return notes;
  }

  @SubscribeMessage('no-rules')
  noRules(@MessageBody() note: NoRules): NoRules {
    return note;
  }

  @SubscribeMessage('property')
  aProperty(@MessageBody('text') text: string): string {
    return text;
  }

  @SubscribeMessage('positional')
  positional(_client: object, data: unknown): unknown {
    return data;
  }

  @SubscribeMessage('fine')
  fine(@MessageBody() { text }: EchoDto): string {
    return text;
  }

  @SubscribeMessage('no-body')
  noBody(): boolean {
    return true;
  }
}

class AddressDto {
  @IsString()
  city!: string;
}

class OrderDto {
  @IsObject()
  address!: AddressDto;
}

class CheckedOrderDto {
  @ValidateNested()
  @Type(() => AddressDto)
  address!: AddressDto;
}

@SecureGateway({ path: '/ws' })
export class HalfCheckedBodies {
  @SubscribeMessage('nested')
  nested(@MessageBody() order: OrderDto): OrderDto {
    return order;
  }

  @SubscribeMessage('pipe-without-rules')
  pipeWithoutRules(@MessageBody(new ValidationPipe(), new DefaultValuePipe({})) note: Note): Note {
    return note;
  }

  @SubscribeMessage('primitive')
  primitive(@MessageBody() text: string): string {
    return text;
  }

  @SubscribeMessage('any')
  any(@MessageBody() body: unknown): unknown {
    return body;
  }

  @SubscribeMessage('rest')
  rest(...everything: unknown[]): number {
    return everything.length;
  }

  @UnvalidatedBody(' ')
  @SubscribeMessage('no-reason')
  noReason(@MessageBody() note: Note): Note {
    return note;
  }
}

@SecureGateway({ path: '/ws' })
export class CheckedBodies {
  @SubscribeMessage('nested')
  nested(@MessageBody() order: CheckedOrderDto): CheckedOrderDto {
    return order;
  }

  @SubscribeMessage('zod')
  zod(@MessageBody({ schema: z.strictObject({ text: z.string() }) }) note: Note): Note {
    return note;
  }

  @SubscribeMessage('valibot')
  valibot(@MessageBody('text', { schema: v.string() }) text: string): string {
    return text;
  }

  @SubscribeMessage('pipe')
  pipe(@MessageBody('id', ParseUUIDPipe) id: string): string {
    return id;
  }

  @SubscribeMessage('expected')
  expected(@MessageBody(new ValidationPipe({ expectedType: AddressDto })) address: object): object {
    return address;
  }

  @UnvalidatedBody('is only counted')
  @SubscribeMessage('opted-out')
  optedOut(@MessageBody() note: Note): number {
    return Object.keys(note).length;
  }

  @SubscribeMessage('client')
  client(client: object): boolean {
    return typeof client === 'object';
  }
}

@SecureGateway({ path: '/ws' })
export class ReservedEvents {
  @SubscribeMessage('auth')
  auth(): boolean {
    return true;
  }
}

@SecureGateway({ path: '/ws', public: true })
export class ConflictingGateway {
  @WsPublic()
  @SubscribeMessage('other')
  other(): boolean {
    return true;
  }
}

@Injectable({ scope: Scope.REQUEST })
export class PerRequest {
  constructor(@Inject(REQUEST) readonly request: object) {}
}

@SecureGateway({ path: '/scoped' })
export class ScopedGateway {
  constructor(readonly perRequest: PerRequest) {}
}

@SecureGateway({ path: '/ws' })
export class Secured {
  @SubscribeMessage('hello')
  hello(): boolean {
    return true;
  }
}

@WebSocketGateway({ path: '/open' })
export class OtherPath extends Secured {}

@WebSocketGateway(1, { path: '/ws' })
export class OtherPort extends Secured {}

@WebSocketGateway({ path: '/ws' })
export class SamePath extends Secured {}

@SecureGateway({ path: '/ws' })
export class Unreachable {
  @SubscribeMessage('')
  empty(): boolean {
    return true;
  }

  @SubscribeMessage('e'.repeat(129))
  long(): boolean {
    return true;
  }

  @SubscribeMessage('\ud800')
  surrogate(): boolean {
    return true;
  }

  @SubscribeMessage({ cmd: 'sum' })
  pattern(): boolean {
    return true;
  }

  @SubscribeMessage('e'.repeat(128))
  longest(): boolean {
    return true;
  }
}

@Injectable({ scope: Scope.REQUEST })
export class ScopedGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

@Injectable()
export class DependentGuard implements CanActivate {
  constructor(readonly perRequest: PerRequest) {}

  canActivate(): boolean {
    return true;
  }
}

@Injectable({ scope: Scope.REQUEST })
export class ScopedConnectGuard implements WsConnectGuard {
  canConnect(): boolean {
    return true;
  }
}

@Injectable({ scope: Scope.TRANSIENT })
export class TransientGuard implements CanActivate {
  // A field, which an object has only if its constructor ran.
  canActivate = (): boolean => false;
}

@Injectable({ scope: Scope.TRANSIENT })
export class TransientPipe implements PipeTransform {
  transform = (): never => {
    throw new WsException('refused');
  };
}

@Injectable()
export class OneAuthorization extends WsAuthorizationGuard {}

@Injectable()
export class OtherAuthorization extends WsAuthorizationGuard {}
