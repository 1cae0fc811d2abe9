import { type CanActivate, type ExecutionContext, Inject, Injectable, Optional } from '@nestjs/common';
import { isObservable, lastValueFrom } from 'rxjs';
import { connectionIn } from '../../connection/connection-of.js';
import { InboundMessage, MESSAGE_ARGUMENT } from '../../messages/inbound-message.js';
import { fromModule } from '../from-module.js';
import { GuardChains } from './guard-chains.js';
import { AUTHORIZATION, THROTTLER } from './guard-order.js';

type Answer = ReturnType<CanActivate['canActivate']>;

/**
 * Calls the guards of a gateway that were selected at the start. Nest itself creates the guards that a decorator names,
 * so they could not be replaced. Only asynchronous guards are awaited.
 */
@Injectable()
export class WsGuardChain implements CanActivate {
  private readonly chains: GuardChains;

  constructor(@Optional() @Inject(GuardChains) chains?: GuardChains) {
    this.chains = fromModule(chains);
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    return activate(this.chains.of(context.getClass()), 0, context, false);
  }
}

/** @param isCounted whether the throttler has accepted the message */
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
    if (typeof answer === 'boolean') return refusedBy(guards[i] as CanActivate, context);
    const connection = connectionIn(context);
    const { principal } = connection;
    return settled(answer).then((passes) => {
      if (!connection.isOpen) return false;
      if (!passes) return refusedBy(guards[i] as CanActivate, context);
      // If the principal has changed, the decisions so far do not apply to it, and all guards run again.
      const next = connection.principal === principal ? i + 1 : 0;
      return activate(guards, next, context, isCounted || i >= THROTTLER);
    });
  }
  return true;
}

/**
 * The decision that was made before Nest was entered: a message is counted once, and its authorization holds unless the
 * principal has changed.
 */
function knownAnswer(index: number, context: ExecutionContext): Answer | undefined {
  if (index !== THROTTLER && index !== AUTHORIZATION) return undefined;
  const message = messageIn(context);
  if (!message) return undefined;
  if (index === THROTTLER) return message.counted;
  return message.admittedAs === connectionIn(context).principal ? message.admitted : undefined;
}

/** Names the guard for the security event, because Nest throws the same exception for every guard. */
function refusedBy(guard: CanActivate, context: ExecutionContext): false {
  const message = messageIn(context);
  if (message) message.rule = `guard ${guard.constructor.name}`;
  return false;
}

function messageIn(context: ExecutionContext): InboundMessage | undefined {
  const message: unknown = context.getArgByIndex(MESSAGE_ARGUMENT);
  return message instanceof InboundMessage ? message : undefined;
}

/** Only `true` permits, because a guard without types may return other values. */
async function settled(answer: Exclude<Answer, boolean>): Promise<boolean> {
  const value: unknown = isObservable(answer) ? await lastValueFrom(answer) : await answer;
  return value === true;
}
