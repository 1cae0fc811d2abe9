import type { DiscoveredGateway } from '../../gateway/gateway-explorer.js';
import { EXTENSION, type JsonSchema } from '../schema/json-schema.js';
import { sorted } from '../sorted.js';
import { UniqueNames } from '../unique-names.js';

/** A part of the document. */
export type Part = Readonly<Record<string, unknown>>;

/** The gateways on one path of one port, as a channel of AsyncAPI. */
export class Channel {
  private readonly messages = new Map<string, Part>();
  private readonly names = new UniqueNames();

  /** @param shared names of messages of the protocol, which are components */
  constructor(
    readonly name: string,
    readonly gateways: readonly DiscoveredGateway[],
    shared: readonly string[],
  ) {
    for (const one of shared)
      this.messages.set(this.names.take(one), { $ref: `#/components/messages/${one}` });
  }

  /** A reference to the channel. */
  get ref(): Part {
    return { $ref: `#/channels/${this.name}` };
  }

  /** Adds a message, and returns a reference to it. */
  add(wanted: string, event: string, payload: JsonSchema): Part {
    const name = this.names.take(wanted);
    this.messages.set(name, messageOf(event, payload));
    return this.refTo(name);
  }

  refTo(message: string): Part {
    return { $ref: `#/channels/${this.name}/messages/${message}` };
  }

  /** @param query the credentials that clients may send in the URL */
  toJson(query: readonly string[]): Part {
    const [{ options, unsecured } = {}] = this.gateways as readonly Partial<DiscoveredGateway>[];
    const isPublic = this.gateways.every((gateway) => gateway.options?.public === true);
    const port = options?.port ?? unsecured?.port;
    return {
      address: options?.path ?? unsecured?.path ?? null,
      messages: sorted(this.messages),
      bindings: { ws: bindingOf(query) },
      [EXTENSION]: {
        access: unsecured ? 'unsecured' : isPublic ? 'public' : 'authenticated',
        ...(port !== undefined && port !== 0 && { port }),
        ...(options?.protocols && { protocols: options.protocols }),
      },
    };
  }
}

export function messageOf(event: string, payload: JsonSchema): Part {
  return { name: event, correlationId: { $ref: '#/components/correlationIds/frameId' }, payload };
}

/** https://github.com/asyncapi/bindings/tree/master/websockets */
function bindingOf(query: readonly string[]): Part {
  const properties = Object.fromEntries(query.map((name) => [name, { type: 'string' }]));
  return {
    method: 'GET',
    ...(query.length > 0 && { query: { type: 'object', properties } }),
    bindingVersion: '0.1.0',
  };
}
