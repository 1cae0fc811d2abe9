import { Inject, Injectable, Optional } from '@nestjs/common';
import { TokenVerifier } from '../auth/token-verifier.js';
import { UnconfiguredVerifier } from '../auth/unconfigured.verifier.js';
import { GatewayExplorer } from '../gateway/gateway-explorer.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { CONTRACT_OPTIONS, type WsContractOptions } from './contract-options.js';
import { messageOf, type Part } from './document/channel.js';
import { channelsOf } from './document/channel-list.js';
import { EventChecks } from './document/event-checks.js';
import { Frames } from './document/frames.js';
import { Operations } from './document/operations.js';
import { protocolFacts } from './document/protocol-facts.js';
import { reservedMessages } from './document/reserved-messages.js';
import { securitySchemesOf } from './document/security-schemes.js';
import { serversOf } from './document/servers.js';
import { EXTENSION } from './schema/json-schema.js';
import { SchemaComponents } from './schema/schema-components.js';
import { sorted } from './sorted.js';

/** An AsyncAPI 3.0.0 document: https://www.asyncapi.com/docs/reference/specification/v3.0.0. @publicApi */
export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0';
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly defaultContentType: 'application/json';
  readonly servers?: Readonly<Record<string, object>>;
  readonly channels: Readonly<Record<string, object>>;
  readonly operations: Readonly<Record<string, object>>;
  readonly components: Readonly<Record<string, object>>;
  /** What holds for every channel and has no place in AsyncAPI. */
  readonly 'x-ws-security': object;
}

/**
 * The contract of all gateways, from what the start of the application knows of them: paths, events, rules of bodies,
 * access, limits.
 *
 * @publicApi
 */
@Injectable()
export class WsContract {
  /** @internal */
  constructor(
    private readonly explorer: GatewayExplorer,
    private readonly checks: EventChecks,
    private readonly verifier: TokenVerifier,
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    @Optional() @Inject(CONTRACT_OPTIONS) private readonly given: WsContractOptions = {},
  ) {}

  /**
   * The contract as a document. The same application and options give the same document.
   *
   * @throws Error if the application has not started yet, so that its guards are not known
   */
  document(): AsyncApiDocument {
    if (!this.checks.areKnown)
      throw new Error('The contract is not known before the application has started; call document() later.');
    const { title = 'WebSocket API', version = '1.0.0', description, servers, converters } = this.given;
    const components = new SchemaComponents(this.options.maxArrayLength, converters);
    const frames = new Frames(components);
    const reserved = reservedMessages(frames, components);
    const hasVerifier = !(this.verifier instanceof UnconfiguredVerifier);
    const securitySchemes = securitySchemesOf(this.options, hasVerifier);
    const security = Object.keys(securitySchemes).map((name) => ({
      $ref: `#/components/securitySchemes/${name}`,
    }));
    const channels = channelsOf(this.explorer.explore(), Object.keys(reserved));
    const operations = new Operations({ frames, components, checks: this.checks, security });
    for (const channel of channels) operations.add(channel);
    const inOrder = sorted(operations.all());
    const query = Object.values(securitySchemes).flatMap((one) =>
      one['in'] === 'query' ? [one['name'] ?? ''] : [],
    );
    return {
      asyncapi: '3.0.0',
      info: { title, version, ...(description !== undefined && { description }) },
      defaultContentType: 'application/json',
      ...(servers && { servers: sorted(serversOf(servers)) }),
      channels: sorted(channels.map((channel) => [channel.name, channel.toJson(query)])),
      operations: inOrder,
      components: {
        messages: Object.fromEntries(
          Object.entries(reserved).map(([name, one]) => [name, reservedMessage(name, one)]),
        ),
        schemas: components.all(),
        securitySchemes,
        correlationIds: { frameId: { location: '$message.payload#/id' } },
      },
      [EXTENSION]: protocolFacts(this.options),
    };
  }
}

function reservedMessage(name: string, payload: Part): Part {
  return messageOf(name.replace('.reply', ''), payload);
}
