import { Injectable, Logger } from '@nestjs/common';
import type { PushHead } from '../../protocol/push-text.js';
import { Clock } from '../../time/clock.js';

/** The memory of a push in a buffer, and of its text in addition to its characters, as measured on Node 20. */
const ENTRY_BYTES = 70;
const TEXT_BYTES = 70;
const WARN_MS = 60_000;
const MEBIBYTE = 2 ** 20;

/** A session that can release its kept pushes. */
export interface Keeper {
  giveUp(): void;
}

/**
 * The memory of all resumable sessions. If the limit is exceeded, the sessions of clients that have been away longest
 * release their pushes, then those of clients that have been connected longest.
 *
 * @publicApi
 */
@Injectable()
export class ResumeMemory {
  /** The limit in bytes for all buffers of this process. A text that several sessions keep counts once. */
  readonly maxBytes: number = 256 * MEBIBYTE;
  private readonly logger = new Logger('WsSecurity');
  /** In the order in which the clients left. */
  private readonly away = new Set<Keeper>();
  private readonly connected = new Set<Keeper>();
  private taken = 0;
  private warnedAt = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** The bytes in use. */
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

  /** A session has ended and keeps no more pushes. @internal */
  ends(keeper: Keeper): void {
    this.connected.delete(keeper);
    this.away.delete(keeper);
  }

  /** One more session keeps a push. @internal */
  keep(head: PushHead): void {
    this.taken += ENTRY_BYTES;
    if (head.keepers++ === 0) this.taken += sizeOf(head);
  }

  /** One session less keeps a push. @internal */
  free(head: PushHead): void {
    this.taken -= ENTRY_BYTES;
    if (--head.keepers === 0) this.taken -= sizeOf(head);
  }

  /** Releases pushes of other sessions if the limit is exceeded. @internal */
  makeRoom(): void {
    if (this.taken <= this.maxBytes) return;
    this.warn();
    for (const keepers of [this.away, this.connected]) {
      for (const keeper of keepers) {
        // A session that keeps pushes again is added at the end.
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
      `Pushes kept for clients that may resume take more than ${this.maxBytes / MEBIBYTE} MiB: ` +
        'the clients that have been away longest will miss pushes. Lower WS_RESUME_MAX_BYTES or WS_RESUME_TTL_MS.',
    );
  }
}

function sizeOf({ text, bytesPerCharacter }: PushHead): number {
  return text.length * bytesPerCharacter + TEXT_BYTES;
}
