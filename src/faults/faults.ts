import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { TimerWheel } from '../time/timer-wheel.js';
import { errorFramesOf, errorNameOf, errorTitleOf } from './error-text.js';

const WINDOW_S = 10;
/** Number of kinds that are counted separately within a window; further kinds are counted together. */
const MAX_KINDS = 100;
const MAX_STACK = 4096;
const MAX_PLACE = 256;
const OTHERS = 'Other code failed';

interface Kind {
  readonly what: string;
  readonly name: string;
  /** Faults of this kind that were not logged. */
  more: number;
}

/**
 * Reports failures that no client is to blame for. The first fault of a kind is logged with its stack, later ones are
 * counted, so that a client that causes a fault with each message cannot fill the log.
 *
 * @publicApi
 */
@Injectable()
export class Faults implements OnApplicationShutdown {
  private readonly logger = new Logger('WsSecurity');
  private readonly kinds = new Map<string, Kind>();

  constructor(private readonly wheel: TimerWheel) {}

  /**
   * @param what the failure, as a sentence without a full stop; must have few different values
   * @param error errors with the same name and the same line of code are of the same kind
   * @returns whether it is the first fault of its kind
   */
  report(what: string, error: unknown): boolean {
    return this.count(what, error, errorTitleOf(error));
  }

  /**
   * As `report`, without the message of the error: for code that processes input of clients and may repeat it in
   * messages.
   */
  reportWithoutMessage(what: string, error: unknown): boolean {
    return this.count(what, error, errorNameOf(error));
  }

  private count(what: string, error: unknown, title: string): boolean {
    const [name, frames] = [errorNameOf(error), errorFramesOf(error)];
    const own = `${what} ${name} ${frames.slice(0, MAX_PLACE).split('\n')[1] ?? ''}`;
    const key = this.kinds.has(own) || this.kinds.size < MAX_KINDS ? own : OTHERS;
    const known = this.kinds.get(key);
    if (known) {
      known.more++;
      return false;
    }
    this.kinds.set(key, key === OTHERS ? { what: OTHERS, name: '', more: 1 } : { what, name, more: 0 });
    this.wheel.schedule(WINDOW_S * 1000, () => this.summarise(key));
    if (key === OTHERS) return false;
    this.log(what, `${title}${frames}`.slice(0, MAX_STACK));
    return true;
  }

  onApplicationShutdown(): void {
    for (const key of this.kinds.keys()) this.summarise(key);
  }

  private summarise(key: string): void {
    const kind = this.kinds.get(key);
    this.kinds.delete(key);
    if (!kind || kind.more === 0) return;
    const times = kind.more === 1 ? '1 more time' : `${kind.more} more times`;
    this.log(`${kind.what} ${times} within ${WINDOW_S} s${kind.name && ` (${kind.name})`}`);
  }

  private log(text: string, stack?: string): void {
    try {
      this.logger.error(text, stack);
    } catch {
      // The logger belongs to the application. If it throws, there is no other place to report to.
    }
  }
}
