import { Injectable, UseGuards } from '@nestjs/common';
import { MessageBody, SubscribeMessage, WsException } from '@nestjs/websockets';
import { IsNumber, IsOptional, registerDecorator } from 'class-validator';
import { type PolicyRequest, SecureGateway, WsPolicyGuard } from 'nestjs-ws-security';
import { z } from 'zod';

export const fail = (): never => {
  throw FaultyError.made();
};

/** An error that declares `message` again, so that it is whatever the test says. */
export class FaultyError extends Error {
  static isUsed = false;
  static with: unknown;
  override message = FaultyError.with as string;

  static made(): Error {
    return FaultyError.isUsed ? new FaultyError() : new Error('canary-fault');
  }
}

/** An async function passed where a synchronous one is expected. */
export const failLater = (async () => {
  await Promise.resolve();
  return fail();
}) as () => never;

const IsKnown: PropertyDecorator = (target, property) =>
  registerDecorator({
    name: 'isKnown',
    target: target.constructor,
    propertyName: property as string,
    validator: { validate: failLater },
  });

class Order {
  @IsOptional()
  @IsNumber({ maxDecimalPlaces: 2 })
  price?: number;

  @IsOptional()
  @IsKnown
  article?: unknown;
}

const Note = z.strictObject({ text: z.string().refine(fail) });

@Injectable()
class Looking extends WsPolicyGuard<Order> {
  protected isPermitted({ body }: PolicyRequest<Order>): boolean {
    return body.price === 1;
  }
}

class UnreadableException extends WsException {
  override getError(): never {
    return fail();
  }
}

@SecureGateway({ path: '/ws' })
export class FaultyGateway {
  handleDisconnect(): void {
    fail();
  }

  @SubscribeMessage('order')
  order(@MessageBody() order: Order): Order {
    return order;
  }

  @UseGuards(Looking)
  @SubscribeMessage('permitted')
  permitted(@MessageBody() order: Order): Order {
    return order;
  }

  @SubscribeMessage('note')
  note(@MessageBody({ schema: Note }) note: unknown): unknown {
    return note;
  }

  @SubscribeMessage('throws')
  throws(): never {
    return fail();
  }

  @SubscribeMessage('unreadable')
  unreadable(): never {
    throw new UnreadableException('x');
  }

  @SubscribeMessage('unsendable')
  unsendable(): bigint {
    return 1n;
  }
}

/** A store that may lose its database. */
export class LostStore {
  static isLost = false;

  increment(): Promise<unknown> {
    if (LostStore.isLost) return Promise.reject(new Error('canary-store'));
    return Promise.resolve({ totalHits: 1, timeToExpire: 0, isBlocked: false, timeToBlockExpire: 0 });
  }
}
