import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { isObservable, lastValueFrom } from 'rxjs';
import { connectionIn } from '../../connection/connection-of.js';
import { InboundMessage, MESSAGE_ARGUMENT } from '../../messages/inbound-message.js';
import { GuardChains } from './guard-chains.js';
import { AUTHORIZATION, THROTTLER } from './guard-order.js';

type Answer = ReturnType<CanActivate['canActivate']>;

/**
 * All guards of a gateway as one. Nest makes the guards that a decorator names by itself and knows no way to replace
 * them; this one asks those that were chosen when the application started, and waits only for those that make it wait.
 */
@Injectable()
export class WsGuardChain implements CanActivate {
  constructor(private readonly chains: GuardChains) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    return activate(this.chains.of(context.getClass()), 0, context, false);
  }
}

/** @param isCounted whether the throttler has let the message through */
function activate(
  guards: readonly CanActivate[],
  first: number,
  context: ExecutionContext,
  isCounted: boolean,
): boolean | Promise<boolean> {
  for (let i = first; i < guards.length; i++) {
    if (isCounted && i === THROTTLER) continue;
    const answer = knownAnswer(i, context) ?? (guards[i] as CanActivate).canActivate(context);
    if (answer === true) continue;
    if (typeof answer === 'boolean') return false;
    const connection = connectionIn(context);
    const { principal } = connection;
    return settled(answer).then((passes) => {
      if (!passes || !connection.isOpen) return false;
      // What was said of a principal does not hold for the next one.
      const next = connection.principal === principal ? i + 1 : 0;
      return activate(guards, next, context, isCounted || i >= THROTTLER);
    });
  }
  return true;
}

/** A message counts once, and who was allowed to send it still is, unless it is somebody with other rights by now. */
function knownAnswer(index: number, context: ExecutionContext): Answer | undefined {
  if (index !== THROTTLER && index !== AUTHORIZATION) return undefined;
  const message: unknown = context.getArgByIndex(MESSAGE_ARGUMENT);
  if (!(message instanceof InboundMessage)) return undefined;
  if (index === THROTTLER) return message.counted;
  return message.admittedAs === connectionIn(context).principal ? true : undefined;
}

/** Anything but true is a refusal, whatever a guard without types answers. */
async function settled(answer: Exclude<Answer, boolean>): Promise<boolean> {
  const value: unknown = isObservable(answer) ? await lastValueFrom(answer) : await answer;
  return value === true;
}
