import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { subjectIn } from '../../connection/principal.js';
import { BanStore } from '../../throttling/bans/ban-store.js';
import { Clock } from '../../time/clock.js';
import { supported } from '../acts/write.js';
import type { Ban, BanPage } from '../contract/bans.interface.js';
import { pageOf } from '../offset-cursor.js';

interface KeyedBan {
  readonly key: string;
  readonly ban: Ban;
}

/** The bans in force. */
@Injectable()
export class BanList {
  constructor(
    private readonly store: BanStore,
    private readonly clock: Clock,
  ) {}

  /** @throws OperatorError */
  async page(
    { user, address }: { user?: string | undefined; address?: string | undefined },
    limit: number,
    cursor: string | undefined,
  ): Promise<BanPage> {
    const isWanted = (ban: Ban): boolean =>
      (user === undefined || ban.user === user) && (address === undefined || ban.address === address);
    const bans = (await this.all()).map(({ ban }) => ban);
    const { entries, ...page } = pageOf(bans.filter(isWanted), limit, cursor);
    return { bans: entries, ...page };
  }

  /** @returns the ban with its key; undefined if there is none @throws OperatorError */
  async find(id: string): Promise<KeyedBan | undefined> {
    return (await this.all()).find(({ ban }) => ban.id === id);
  }

  /** Whether bans can be lifted. */
  get canLift(): boolean {
    return this.store.lift !== BanStore.prototype.lift;
  }

  private async all(): Promise<KeyedBan[]> {
    const isListed = this.store.list !== BanStore.prototype.list;
    const stored = await supported(isListed, () => this.store.list());
    const now = this.clock.now();
    return stored
      .map(({ key, remaining }) => ({ key, ban: banOf(key, Math.round(now + remaining)) }))
      .toSorted(({ ban: one }, { ban: other }) => other.until - one.until || (one.id < other.id ? -1 : 1));
  }
}

function banOf(key: string, until: number): Ban {
  const subject = subjectIn(key);
  const id = idOf(key);
  if (subject && 'address' in subject)
    return { id, subject: 'address', user: null, issuer: null, address: subject.address, until };
  return {
    id,
    subject: 'principal',
    user: subject?.id ?? key,
    issuer: subject?.issuer ?? null,
    address: null,
    until,
  };
}

/** Of the same length for every key: Fastify finds no route for a longer part of a path than 100 characters. */
function idOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
