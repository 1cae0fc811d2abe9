import type { DiscoveredGateway, GatewayHandler } from '../../gateway/gateway-explorer.js';
import { schemaOfType } from '../declarations/type-schema.js';
import { declaredPushesOf } from '../declarations/ws-push.decorator.js';
import { EXTENSION, type JsonSchema } from '../schema/json-schema.js';
import type { SchemaComponents } from '../schema/schema-components.js';
import { UniqueNames } from '../unique-names.js';
import type { Channel, Part } from './channel.js';
import type { EventChecks } from './event-checks.js';
import { nameOfEvent } from './event-names.js';
import { eventReplyOf } from './event-reply.js';
import type { Frames } from './frames.js';
import { requestBodyOf } from './request-body.js';

/** What operations are made of. */
export interface OperationParts {
  readonly frames: Frames;
  readonly components: SchemaComponents;
  readonly checks: EventChecks;
  /** References to the security schemes. */
  readonly security: readonly Part[];
}

/** The operations of a document: what the application receives, with its replies, and what it sends without a request. */
export class Operations {
  private readonly names = new UniqueNames();
  private readonly operations = new Map<string, Part>();
  private readonly pending: (() => void)[] = [];

  constructor(private readonly parts: OperationParts) {}

  /** All operations by name. */
  all(): ReadonlyMap<string, Part> {
    // Requests come first, so that the schema of a class that is received and sent has the name of the class.
    for (const finish of this.pending.splice(0)) finish();
    return this.operations;
  }

  /** Adds the operations of a channel. */
  add(channel: Channel): void {
    for (const gateway of channel.gateways) {
      const handlers = gateway.handlers.toSorted((one, other) =>
        String(one.event) < String(other.event) ? -1 : 1,
      );
      for (const handler of handlers)
        if (gateway.unsecured) this.addUnsecured(channel, handler);
        else this.addRequest(channel, gateway, handler);
      this.pending.push(() => this.addPushes(channel, gateway));
    }
    if (channel.gateways.some(({ unsecured }) => !unsecured)) this.addReserved(channel);
  }

  private addRequest(channel: Channel, gateway: DiscoveredGateway, handler: GatewayHandler): void {
    const { frames, components, checks, security } = this.parts;
    const { type } = gateway;
    const event = String(handler.event);
    const body = requestBodyOf(type, handler, components);
    const payload = this.named(channel, event, 'Request', frames.request(event, body.schema, body.isNeeded));
    const message = channel.add(event, event, payload);
    const isPublic = checks.isPublic(type, handler.callback);
    const name = this.nameOf(channel, event);
    this.pending.push(() => {
      const reply = this.replyOf(channel, gateway, handler);
      this.operations.set(name, {
        action: 'receive',
        channel: channel.ref,
        messages: [message],
        reply: { channel: channel.ref, messages: reply.messages },
        ...(!isPublic && security.length > 0 && { security }),
        [EXTENSION]: { ...checks.of(type, handler.callback), ...(reply.isStream && { stream: true }) },
      });
    });
  }

  private replyOf(
    channel: Channel,
    { type }: DiscoveredGateway,
    handler: GatewayHandler,
  ): { messages: Part[]; isStream: boolean } {
    const { frames, components, checks } = this.parts;
    const isIntercepted = checks.isIntercepted(type, handler.callback);
    const { event, data, mayAcknowledge, isStream } = eventReplyOf(type, handler, isIntercepted, components);
    const request = String(handler.event);
    const payload = data && this.named(channel, request, 'Reply', frames.reply(event, data));
    const own = payload && channel.add(`${request}.reply`, event, payload);
    const messages = [
      ...(own ? [own] : []),
      ...(mayAcknowledge ? [channel.refTo('ack')] : []),
      channel.refTo('exception'),
    ];
    return { messages, isStream };
  }

  private addPushes(channel: Channel, { type }: DiscoveredGateway): void {
    const { frames, components } = this.parts;
    const pushes = declaredPushesOf(type);
    for (const event of [...new Set(pushes.map((push) => push.event))].toSorted()) {
      const types = new Set(pushes.filter((push) => push.event === event).map((push) => push.type));
      const schemas = [...types].map((one) => schemaOfType(one, nameOfEvent(event), components));
      const [only, ...others] = schemas;
      const data: JsonSchema = others.length === 0 ? (only ?? {}) : { anyOf: schemas };
      const payload = this.named(channel, event, 'Push', frames.push(event, data));
      this.addSent(channel, `push.${event}`, channel.add(event, event, payload));
    }
  }

  /** The events of the protocol. */
  private addReserved(channel: Channel): void {
    const received = { auth: ['auth.reply', 'exception'], ping: ['pong'] };
    for (const [event, replies] of Object.entries(received))
      this.operations.set(this.nameOf(channel, event), {
        action: 'receive',
        channel: channel.ref,
        messages: [channel.refTo(event)],
        reply: { channel: channel.ref, messages: replies.map((reply) => channel.refTo(reply)) },
        [EXTENSION]: { reserved: true },
      });
    for (const event of ['goodbye', 'session'])
      this.addSent(channel, event, channel.refTo(event), { [EXTENSION]: { protocol: 'ws-security.v1' } });
  }

  private addSent(channel: Channel, name: string, message: Part, notes: Part = {}): void {
    this.operations.set(this.nameOf(channel, name), {
      action: 'send',
      channel: channel.ref,
      messages: [message],
      ...notes,
    });
  }

  /** Served as by Nest's own adapter: nothing is checked, and what the handler returns is sent as it is. */
  private addUnsecured(channel: Channel, { event }: GatewayHandler): void {
    const name = String(event);
    const payload = {
      type: 'object',
      properties: { event: { type: 'string', const: name }, data: {} },
      required: ['event'],
    };
    this.operations.set(this.nameOf(channel, name), {
      action: 'receive',
      channel: channel.ref,
      messages: [channel.add(name, name, payload)],
      [EXTENSION]: { access: 'unsecured' },
    });
  }

  /** A frame as a component, so that generated code has names for it. */
  private named(channel: Channel, event: string, kind: string, frame: JsonSchema): JsonSchema {
    return this.parts.components.add(nameOfEvent(channel.name) + nameOfEvent(event) + kind, frame);
  }

  private nameOf(channel: Channel, event: string): string {
    return this.names.take(`${channel.name}.${event}`);
  }
}
