import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { TimerWheel } from './timer-wheel.js';

const WINDOW_S = 10;
/** Kinds that are told apart within a window; what is beyond them is counted together. */
const MAX_KINDS = 100;
const MAX_STACK = 4096;
const MAX_NAME = 64;
const MAX_PLACE = 256;
const OTHERS = 'Other code failed';

interface Kind {
  readonly what: string;
  readonly name: string;
  /** How many were not told of. */
  more: number;
}

/**
 * Tells the operator what failed that no client is to blame for: the stack of the first fault of a kind, then how many
 * followed, so that whoever can cause one with each message fills no log.
 */
@Injectable()
export class Faults implements OnApplicationShutdown {
  private readonly logger = new Logger('WsSecurity');
  private readonly kinds = new Map<string, Kind>();

  constructor(private readonly wheel: TimerWheel) {}

  /**
   * @param what failed, as a sentence without a full stop; of few different ones
   * @param error one of the same name from the same line is of the same kind
   */
  report(what: string, error: unknown): void {
    const { name, stack } = descriptionOf(error);
    const own = `${what} ${name} ${placeIn(stack)}`;
    const key = this.kinds.has(own) || this.kinds.size < MAX_KINDS ? own : OTHERS;
    const known = this.kinds.get(key);
    if (known) {
      known.more++;
      return;
    }
    this.kinds.set(key, key === OTHERS ? { what: OTHERS, name: '', more: 1 } : { what, name, more: 0 });
    this.wheel.schedule(WINDOW_S * 1000, () => this.summarise(key));
    if (key !== OTHERS) this.log(what, stack.slice(0, MAX_STACK));
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
      // The logger is the application's too, and what it throws has nobody left to be told to.
    }
  }
}

function descriptionOf(error: unknown): { name: string; stack: string } {
  try {
    if (!(error instanceof Error)) return { name: typeof error, stack: textOf(error) };
    return { name: error.name.slice(0, MAX_NAME), stack: error.stack ?? `${error.name}: ${error.message}` };
  } catch {
    // Anything can be thrown, also what fails when it is looked at.
    return { name: 'unknown', stack: '' };
  }
}

const textOf = (thrown: unknown): string =>
  typeof thrown === 'string' ? thrown : `thrown: ${typeof thrown}`;

/** The line that threw. The message says nothing of the kind: it often holds the value that was wrong. */
function placeIn(stack: string): string {
  return /^\s+at .*$/m.exec(stack)?.[0].slice(0, MAX_PLACE) ?? '';
}
