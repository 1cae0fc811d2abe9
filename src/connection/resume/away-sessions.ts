import { Injectable } from '@nestjs/common';
import type { Audience } from '../../nodes/broadcast-bus.js';
import { KeyIndex } from '../key-index.js';
import { isIssuedBy } from '../pushes/audience.js';
import type { ResumeSession } from './resume-session.js';

/** Sessions whose clients are away and may resume. Pushes are kept for them. */
@Injectable()
export class AwaySessions {
  private readonly sessions = new Set<ResumeSession>();
  private readonly byOwner = new KeyIndex<string, ResumeSession>();
  private readonly byUser = new KeyIndex<string | null, ResumeSession>();
  private readonly byRoom = new KeyIndex<string, ResumeSession>();

  get size(): number {
    return this.sessions.size;
  }

  /** The sessions of an owner, in the order in which their clients left. */
  of(owner: string): ReadonlySet<ResumeSession> {
    return this.byOwner.of(owner);
  }

  /** The principal and the rooms of a session do not change until it is deleted. */
  add(session: ResumeSession): void {
    this.sessions.add(session);
    this.byOwner.add(session.owner, session);
    this.byUser.add(session.principal.id, session);
    for (const room of session.rooms) this.byRoom.add(room, session);
  }

  delete(session: ResumeSession): void {
    if (!this.sessions.delete(session)) return;
    this.byOwner.delete(session.owner, session);
    this.byUser.delete(session.principal.id, session);
    for (const room of session.rooms) this.byRoom.delete(room, session);
  }

  /** The sessions that receive a push. */
  for(audience: Audience): Iterable<ResumeSession> {
    if (audience.to === 'everyone') return this.sessions;
    if (audience.to === 'room') return this.byRoom.of(audience.room);
    const sessions = this.byUser.of(audience.id);
    if (audience.issuer === undefined || sessions.size === 0) return sessions;
    return [...sessions].filter(({ principal }) => isIssuedBy(audience.issuer, principal));
  }
}
