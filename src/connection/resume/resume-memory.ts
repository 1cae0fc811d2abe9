import { Injectable, Logger } from '@nestjs/common';
import type { PushHead } from '../../protocol/push-text.js';
import { Clock } from '../../time/clock.js';

/** What a push takes in a buffer, and what its text takes beside its characters, as measured on Node 20. */
const ENTRY_BYTES = 70;
const TEXT_BYTES = 70;
const WARN_MS = 60_000;
const MEBIBYTE = 2 ** 20;

/** A session that can do without what it keeps. */
export interface Keeper {
  giveUp(): void;
}

/**
 * What the buffers of all resumable sessions take together. When it is too much, the clients that have been away longest
 * recover nothing, and then those that have been connected longest.
 *
 * @publicApi
 */
@Injectable()
export class ResumeMemory {
  /** Bytes that all buffers of this process may take together; a text that several sessions keep counts once. */
  readonly maxBytes: number = 256 * MEBIBYTE;
  private readonly logger = new Logger('WsSecurity');
  /** In the order in which they left. */
  private readonly away = new Set<Keeper>();
  private readonly connected = new Set<Keeper>();
  private taken = 0;
  private warnedAt = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** Bytes that are taken now. */
  get bytes(): number {
    return this.taken;
  }

  /** The client of a session is connected. @internal */
  connects(keeper: Keeper): void {
    this.away.delete(keeper);
    this.connected.add(keeper);
  }

  /** The client of a session is away. @internal */
  leaves(keeper: Keeper): void {
    this.connected.delete(keeper);
    this.away.add(keeper);
  }

  /** A session keeps nothing, now and later. @internal */
  ends(keeper: Keeper): void {
    this.connected.delete(keeper);
    this.away.delete(keeper);
  }

  /** One more session keeps a push. @internal */
  keep(head: PushHead): void {
    this.taken += ENTRY_BYTES;
    if (head.keepers++ === 0) this.taken += sizeOf(head);
  }

  /** A session keeps a push no longer. @internal */
  free(head: PushHead): void {
    this.taken -= ENTRY_BYTES;
    if (--head.keepers === 0) this.taken -= sizeOf(head);
  }

  /** Takes from others, if that has to be, what a session has just kept. @internal */
  makeRoom(): void {
    if (this.taken <= this.maxBytes) return;
    this.warn();
    for (const keepers of [this.away, this.connected]) {
      for (const keeper of keepers) {
        // Who keeps something again comes back, to the end.
        keepers.delete(keeper);
        keeper.giveUp();
        if (this.taken <= this.maxBytes) return;
      }
    }
  }

  private warn(): void {
    const now = this.clock.monotonic();
    if (now < this.warnedAt + WARN_MS) return;
    this.warnedAt = now;
    this.logger.warn(
      `Pushes that are kept for clients that may come back take more than ${this.maxBytes / MEBIBYTE} MiB: ` +
        'those who have been away longest recover nothing. Lower WS_RESUME_MAX_BYTES or WS_RESUME_TTL_MS.',
    );
  }
}

function sizeOf({ text, bytesPerCharacter }: PushHead): number {
  return text.length * bytesPerCharacter + TEXT_BYTES;
}
