import { Injectable } from '@nestjs/common';
import { SecurityEvents } from '../../observability/security-events.js';
import { operatorOf } from '../access/operator-principal.js';

/** What an operator did. */
export interface OperatorAct {
  readonly type: 'admin.disconnect' | 'admin.revoke' | 'admin.ban' | 'admin.lift' | 'admin.drain';
  /** Whom or what it is about, without secrets. */
  readonly target: string;
  readonly note: string;
  /** The connections that were closed. */
  readonly reached: number;
  /** Epoch milliseconds. */
  readonly until?: number | undefined;
  readonly reason?: string | undefined;
}

/** Tells the security events what operators do. */
@Injectable()
export class OperatorActs {
  constructor(private readonly events: SecurityEvents) {}

  /** Does it and reports it, also if it fails: a part of it may be in effect on this node. */
  async reported<T>(request: object, act: OperatorAct, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      this.report(request, act);
    }
  }

  /** @param request of the operator */
  report(request: object, { type, target, note, reached, until, reason }: OperatorAct): void {
    const said = {
      'actor.id': operatorOf(request)?.id ?? '',
      target,
      note,
      counts: { connections: reached },
    };
    const why = reason === undefined ? {} : { reason };
    if (type === 'admin.revoke' || type === 'admin.ban')
      this.events.emit({ type, ...said, ...why, ...(until !== undefined && { until: isoOf(until) }) });
    else this.events.emit({ type, ...said, ...why });
  }
}

/** The latest moment that has a date. */
const LATEST = 8.64e15;

function isoOf(moment: number): string {
  return new Date(Math.min(moment, LATEST)).toISOString();
}
