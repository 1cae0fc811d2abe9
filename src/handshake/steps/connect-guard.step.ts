import { Injectable } from '@nestjs/common';
import { DeadlineExceededError, withDeadline } from '../../time/deadline.js';
import { isThenable } from '../../time/maybe-promise.js';
import { TimerWheel } from '../../time/timer-wheel.js';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';
import { retrySoon } from '../retry-after.js';
import type { WsConnectGuard } from '../ws-connect.guard.js';

/** Calls the connect guards of the module, then those of the gateways. */
@Injectable()
export class ConnectGuardStep extends HandshakeStep {
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly wheel: TimerWheel,
  ) {
    super();
  }

  check(handshake: Handshake): void | Promise<void> {
    // Guards decide about a principal, so they are called after the first message has authenticated the client.
    if (handshake.awaitsLogin) return undefined;
    const guards = handshake.endpoint?.policy.connectGuards;
    if (!guards) throw new HandshakeRefusal('OVERLOADED', retrySoon());
    return guards.length === 0 ? undefined : this.callAll(guards, handshake);
  }

  private async callAll(guards: readonly WsConnectGuard[], handshake: Handshake): Promise<void> {
    for (const guard of guards) {
      if (!(await this.call(guard, handshake)))
        throw new HandshakeRefusal('FORBIDDEN', {}, { details: named(guard) });
    }
  }

  private async call(guard: WsConnectGuard, handshake: Handshake): Promise<boolean> {
    try {
      const asked = guard.canConnect(handshake);
      // Only `true` permits, because a guard without types may return other values.
      const answer: unknown = isThenable(asked)
        ? await withDeadline(this.wheel, this.options.authTimeoutMs, asked)
        : asked;
      return answer === true;
    } catch (error) {
      const details = named(guard);
      if (error instanceof HandshakeRefusal) throw withDetails(error, details);
      if (error instanceof DeadlineExceededError) {
        throw new HandshakeRefusal('OVERLOADED', retrySoon(), { cause: error, details });
      }
      throw new HandshakeRefusal('FORBIDDEN', {}, { cause: error, details });
    }
  }
}

type Details = HandshakeRefusal['details'];

function named(guard: WsConnectGuard): Details {
  return { guard: guard.constructor.name };
}

/** A copy, because a guard may throw the same object each time. */
function withDetails(refusal: HandshakeRefusal, more: Details): HandshakeRefusal {
  const { code, headers, cause, details, closeCode } = refusal;
  const copy = new HandshakeRefusal(code, headers, { cause, details: { ...details, ...more } });
  copy.closeCode = closeCode;
  return copy;
}
