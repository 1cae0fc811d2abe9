import { Injectable } from '@nestjs/common';
import type { PushText } from '../../protocol/push-text.js';
import type { Audience } from '../../nodes/broadcast-bus.js';
import type { ResumeSession } from './resume-session.js';

const NONE: ReadonlySet<ResumeSession> = new Set();

/** Sessions whose clients are away and may come back: they go on listening. */
@Injectable()
export class AwaySessions {
  private readonly sessions = new Set<ResumeSession>();
  private readonly owned = new Map<string, Set<ResumeSession>>();

  get size(): number {
    return this.sessions.size;
  }

  /** The sessions of an owner, those who left first ahead. */
  of(owner: string): ReadonlySet<ResumeSession> {
    return this.owned.get(owner) ?? NONE;
  }

  add(session: ResumeSession): void {
    this.sessions.add(session);
    const { owner } = session;
    const others = this.owned.get(owner);
    if (others) others.add(session);
    else this.owned.set(owner, new Set([session]));
  }

  delete(session: ResumeSession): void {
    this.sessions.delete(session);
    const others = this.owned.get(session.owner);
    others?.delete(session);
    if (others?.size === 0) this.owned.delete(session.owner);
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
