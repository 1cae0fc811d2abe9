import { Injectable } from '@nestjs/common';
import type { PushText } from '../../protocol/push-text.js';
import type { Audience } from '../rooms/broadcast-bus.js';
import type { ResumeSession } from './resume-session.js';

/** Sessions whose clients are away and may come back: they go on listening. */
@Injectable()
export class AwaySessions {
  private readonly sessions = new Set<ResumeSession>();

  get size(): number {
    return this.sessions.size;
  }

  add(session: ResumeSession): void {
    this.sessions.add(session);
  }

  delete(session: ResumeSession): void {
    this.sessions.delete(session);
  }

  /** Keeps a push for those it is meant for. */
  deliver(audience: Audience, push: PushText): void {
    const room = audience.to === 'room' ? audience.room : undefined;
    for (const session of this.sessions) if (isFor(audience, session)) session.add(push, room);
  }
}

function isFor(audience: Audience, { principal, rooms }: ResumeSession): boolean {
  if (audience.to === 'everyone') return true;
  if (audience.to === 'room') return rooms.has(audience.room);
  const { id, issuer } = principal;
  return audience.id === id && (audience.issuer === undefined || audience.issuer === issuer);
}
