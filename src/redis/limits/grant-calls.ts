import { type Partition, type RedisPort, RedisUnavailableError } from '../link/redis-port.js';
import type { GrantRequest, GrantedWindow } from './granted-window.js';
import { GRANT } from './grant.script.js';

/** One call for several windows. */
export interface GrantCall {
  readonly number: number;
  readonly partition: Partition;
  readonly windows: readonly GrantedWindow[];
  /** One for each window. */
  readonly requests: readonly GrantRequest[];
}

/** Asks Redis for budget. */
export interface GrantCalls {
  /**
   * @param onAnswer receives for each window what is lent and for how long, or 0 and how long to wait
   * @param onFailed receives whether the call may have run
   */
  send(
    call: GrantCall,
    onAnswer: (reply: readonly number[]) => void,
    onFailed: (outcome: 'not-run' | 'unknown') => void,
  ): void;
}

/** What the script is told. @param offset what the monotonic clock lacks for the time of the server */
export function grantArguments(call: GrantCall, offset: number): number[] {
  const args = [call.number];
  call.windows.forEach(({ ttl }, i) => {
    const { limit, want, need, ended } = call.requests[i] as GrantRequest;
    args.push(limit, ttl, want, need, ended.length);
    for (const grant of ended) {
      args.push(grant.call);
      grant.reportTo(args, offset);
    }
  });
  return args;
}

/** Calls the script. */
export class ScriptedGrantCalls implements GrantCalls {
  constructor(private readonly port: RedisPort) {}

  send(
    call: GrantCall,
    onAnswer: (reply: readonly number[]) => void,
    onFailed: (outcome: 'not-run' | 'unknown') => void,
  ): void {
    const { partition, windows } = call;
    const offset = this.port.offset(partition);
    if (offset === undefined) return onFailed('not-run');
    const keys = windows.map(({ key }) => key);
    // One argument: each costs more than the numbers in it.
    this.port.run(GRANT, partition, keys, [JSON.stringify(grantArguments(call, offset))]).then(
      (reply) => onAnswer((reply as number[]).slice(1)),
      (error: unknown) => onFailed(error instanceof RedisUnavailableError ? error.outcome : 'unknown'),
    );
  }
}
