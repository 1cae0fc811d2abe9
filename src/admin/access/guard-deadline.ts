import { Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { withDeadline } from '../../time/deadline.js';
import type { MaybePromise } from '../../time/maybe-promise.js';
import { TimerWheel } from '../../time/timer-wheel.js';

/** How long a guard may take to say who an operator is: as long as a verification in a handshake. */
@Injectable()
export class GuardDeadline {
  constructor(
    private readonly wheel: TimerWheel,
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
  ) {}

  /** Rejects if there is no answer in time. */
  of<T>(answer: MaybePromise<T>): Promise<T> {
    return withDeadline(this.wheel, this.options.authTimeoutMs, answer);
  }
}
