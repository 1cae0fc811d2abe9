import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { isObservable, lastValueFrom, type Observable } from 'rxjs';
import { GuardChains } from './guard-chains.js';

/**
 * All guards of a gateway as one. Nest makes the guards that a decorator names by itself and knows no way to replace
 * them; this one asks those that were chosen when the application started, and waits only for those that make it wait.
 */
@Injectable()
export class WsGuardChain implements CanActivate {
  constructor(private readonly chains: GuardChains) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    return activate(this.chains.of(context.getClass()), 0, context);
  }
}

function activate(
  guards: readonly CanActivate[],
  first: number,
  context: ExecutionContext,
): boolean | Promise<boolean> {
  for (let i = first; i < guards.length; i++) {
    const answer = (guards[i] as CanActivate).canActivate(context);
    if (answer === true) continue;
    if (typeof answer === 'boolean') return false;
    return settled(answer).then((passes) => passes && activate(guards, i + 1, context));
  }
  return true;
}

/** Anything but true is a refusal, whatever a guard without types answers. */
async function settled(answer: Promise<boolean> | Observable<boolean>): Promise<boolean> {
  const value: unknown = isObservable(answer) ? await lastValueFrom(answer) : await answer;
  return value === true;
}
