import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { TimerWheel } from '../time/timer-wheel.js';

const WINDOW_S = 10;
/** Kinds that are told apart within a window; what is beyond them is counted together. */
const MAX_KINDS = 100;
const MAX_STACK = 4096;
const MAX_MESSAGE = 1024;
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
 *
 * @publicApi
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
    const { name, message, frames } = partsOf(error);
    this.count(what, name, frames, message === '' ? name : `${name}: ${message.slice(0, MAX_MESSAGE)}`);
  }

  /** As `report`, for code that works on what clients sent, and may say it in its messages. */
  reportWithoutMessage(what: string, error: unknown): void {
    const { name, frames } = partsOf(error);
    this.count(what, name, frames, name);
  }

  private count(what: string, name: string, frames: string, title: string): void {
    const own = `${what} ${name} ${frames.slice(0, MAX_PLACE).split('\n')[1] ?? ''}`;
    const key = this.kinds.has(own) || this.kinds.size < MAX_KINDS ? own : OTHERS;
    const known = this.kinds.get(key);
    if (known) {
      known.more++;
      return;
    }
    this.kinds.set(key, key === OTHERS ? { what: OTHERS, name: '', more: 1 } : { what, name, more: 0 });
    this.wheel.schedule(WINDOW_S * 1000, () => this.summarise(key));
    if (key !== OTHERS) this.log(what, `${title}${frames}`.slice(0, MAX_STACK));
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

interface Parts {
  readonly name: string;
  readonly message: string;
  /** Where it was thrown, one line each, each after a line end. */
  readonly frames: string;
}

function partsOf(error: unknown): Parts {
  try {
    if (!(error instanceof Error))
      return { name: typeof error, message: typeof error === 'string' ? error : '', frames: '' };
    const { name, message, stack = '' } = error;
    return { name: name.slice(0, MAX_NAME), message, frames: framesIn(stack, message) };
  } catch {
    // Anything can be thrown, also what fails when it is looked at.
    return { name: 'unknown', message: '', frames: '' };
  }
}

/** The message comes before them, and may have lines that look like them. */
function framesIn(stack: string, message: string): string {
  const at = stack.indexOf(message);
  if (at === -1) return '';
  const frames = stack.indexOf('\n    at ', at + message.length);
  return frames === -1 ? '' : stack.slice(frames);
}
