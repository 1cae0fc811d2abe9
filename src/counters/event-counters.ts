import { ERROR_CODES, type ErrorCode } from '../protocol/error-code.js';
import { MESSAGE_MS } from './buckets.js';
import { Histogram } from './histogram.js';
import { Tally } from './tally.js';

/** What is counted of the messages of one event. */
export class EventCounters {
  /** Handled messages that did not end with an error. */
  ok = 0;
  /** Messages that ended with an error, by its code. */
  readonly failed = new Tally(ERROR_CODES);
  /** From arrival to the end of the turn of the event loop in which the handler is done, in milliseconds. */
  readonly duration = new Histogram(MESSAGE_MS);
  /** From arrival to the start of the handler, in milliseconds. */
  readonly wait = new Histogram(MESSAGE_MS);

  /** A message was answered without its handler. */
  refused(code: ErrorCode): void {
    this.failed.add(code);
  }

  /** Handlers are done. @param failure the code of the error that they ended with */
  handled(ms: number, failure: ErrorCode | undefined, messages = 1): void {
    if (failure === undefined) this.ok += messages;
    else this.failed.add(failure, messages);
    this.duration.observe(ms, messages);
  }
}
