import { Injectable, ParseArrayPipe, ParseIntPipe, type PipeTransform, UseGuards } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsInt, IsOptional, IsString } from 'class-validator';
import {
  PlainText,
  type PolicyRequest,
  SecureGateway,
  UnvalidatedBody,
  WsPolicyGuard,
} from 'nestjs-ws-security';

/** A class without rules. */
class Anything {
  any?: unknown;
}

class Item {
  @PlainText()
  @IsString()
  name!: string;

  @IsOptional()
  @IsInt()
  count?: number;
}

@Injectable()
class AsItIs implements PipeTransform {
  transform(value: unknown): unknown {
    return value;
  }
}

@Injectable()
export class Witness extends WsPolicyGuard {
  static seen: unknown;

  protected isPermitted({ body }: PolicyRequest<unknown>): boolean {
    Witness.seen = body;
    return true;
  }
}

/** Wraps the method like tracing decorators: metadata is kept, the name is not. */
const Traced: MethodDecorator = (_target, _name, descriptor) => {
  const method = descriptor.value as object as (...args: unknown[]) => unknown;
  function wrapped(this: unknown, ...args: unknown[]): unknown {
    return method.apply(this, args);
  }
  for (const key of Reflect.getMetadataKeys(method) as string[])
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), wrapped);
  descriptor.value = wrapped as never;
};

@SecureGateway({ path: '/ws' })
export class Bodies {
  @UnvalidatedBody('it is given back')
  @SubscribeMessage('anything')
  anything(@MessageBody() body: Anything): object {
    return { body };
  }

  @SubscribeMessage('own-pipe')
  ownPipe(@MessageBody(AsItIs) body: Anything): object {
    return { body };
  }

  @SubscribeMessage('items')
  items(@MessageBody(new ParseArrayPipe({ items: Item })) items: Item[]): object {
    return { items };
  }

  @SubscribeMessage('count')
  count(@MessageBody('count', ParseIntPipe) count: number): object {
    return { count };
  }

  @SubscribeMessage('part')
  part(@MessageBody('item', AsItIs) item: Item): object {
    return { item };
  }

  @SubscribeMessage('item')
  item(@MessageBody() item: Item): object {
    return { item };
  }

  @Traced
  @UseGuards(Witness)
  @SubscribeMessage('traced')
  traced(@MessageBody() item: Item): object {
    return { item, same: item === Witness.seen };
  }

  @UseGuards(Witness)
  @SubscribeMessage('piped')
  piped(@MessageBody(AsItIs) item: Item): object {
    return { item, same: item === Witness.seen };
  }
}

@SecureGateway({ path: '/ws' })
export class Lists {
  @SubscribeMessage('list')
  list(@MessageBody(ParseArrayPipe) list: string[]): object {
    return { list };
  }

  @SubscribeMessage('other-list')
  otherList(@MessageBody(new ParseArrayPipe({ optional: true })) list: string[]): object {
    return { list };
  }
}

export const providers = [AsItIs, Witness];
