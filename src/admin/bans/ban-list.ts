import { Injectable } from '@nestjs/common';
import { subjectIn } from '../../connection/principal.js';
import { BanStore } from '../../throttling/bans/ban-store.js';
import { Clock } from '../../time/clock.js';
import { supported } from '../acts/write.js';
import type { Ban, BanPage } from '../contract/bans.interface.js';
import { pageOf } from '../offset-cursor.js';

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
    const { entries, ...page } = pageOf((await this.all()).filter(isWanted), limit, cursor);
    return { bans: entries, ...page };
  }

  /** @returns the ban with its key; undefined if there is none @throws OperatorError */
  async find(id: string): Promise<{ ban: Ban; key: string } | undefined> {
    const ban = (await this.all()).find((one) => one.id === id);
    return ban && { ban, key: keyOf(id) };
  }

  /** Whether bans can be lifted. */
  get canLift(): boolean {
    return this.store.lift !== BanStore.prototype.lift;
  }

  private async all(): Promise<Ban[]> {
    const isListed = this.store.list !== BanStore.prototype.list;
    const stored = await supported(isListed, () => this.store.list());
    const now = this.clock.now();
    return stored
      .map(({ key, remaining }) => this.banOf(key, Math.round(now + remaining)))
      .toSorted((one, other) => other.until - one.until || (one.id < other.id ? -1 : 1));
  }

  private banOf(key: string, until: number): Ban {
    const subject = subjectIn(key);
    const id = Buffer.from(key).toString('base64url');
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
}

function keyOf(id: string): string {
  return Buffer.from(id, 'base64url').toString();
}
