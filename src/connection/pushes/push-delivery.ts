import { Injectable, type OnModuleInit } from '@nestjs/common';
import { nextPushNumber } from '../../counters/push-number.js';
import { type Audience, type Broadcast, BroadcastBus, type Position } from '../../nodes/broadcast-bus.js';
import { PushText } from '../../protocol/push-text.js';
import type { MaybePromise } from '../../time/maybe-promise.js';
import type { Connection } from '../connection.js';
import { ConnectionRegistry } from '../connection-registry.js';
import { AwaySessions } from '../resume/away-sessions.js';
import { ResumableSessions } from '../resume/resumable-sessions.js';
import { servedOf } from '../served-connection.js';
import { roomOf } from './audience.js';

/** Delivers pushes from the bus to the recipients on this node, connected or away. */
@Injectable()
export class PushDelivery implements OnModuleInit {
  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly away: AwaySessions,
    private readonly sessions: ResumableSessions,
    private readonly bus: BroadcastBus,
  ) {}

  // A node without pushes must not serve, so an error here stops the start.
  onModuleInit(): MaybePromise<void> {
    return this.bus.subscribe(
      (broadcast, at) => this.deliver(broadcast, at),
      () => this.sessions.breakAll(),
    );
  }

  private deliver(broadcast: Broadcast, at: Position = ''): void {
    const { audience } = broadcast;
    const room = roomOf(audience);
    const number = nextPushNumber();
    // Created for the first recipient, because most pushes of other nodes have no recipient here.
    let push: PushText | undefined;
    for (const receiver of this.connectionsFor(audience)) {
      const connection = servedOf(receiver);
      if (!connection.isReady || connection.session?.includes(at)) continue;
      // A broadcast may be meant for authenticated clients only.
      if (connection.isUnsecured && audience.to === 'everyone') continue;
      connection.counters.pushed(number);
      connection.pushText((push ??= textOf(broadcast)), room);
    }
    for (const session of this.away.for(audience))
      if (!session.includes(at)) session.add((push ??= textOf(broadcast)), room);
  }

  private connectionsFor(audience: Audience): Iterable<Connection> {
    if (audience.to === 'everyone') return this.registry;
    if (audience.to === 'user') return this.registry.ofUser(audience.id, audience.issuer);
    return this.registry.membersOf(audience.room);
  }
}

function textOf({ event, json }: Broadcast): PushText {
  return new PushText(event, json);
}
