import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { Announcer } from '../faults/announcer.js';
import { Faults } from '../faults/faults.js';
import { NodeIdentity } from '../nodes/node-identity.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { Tally } from '../counters/tally.js';
import { Clock } from '../time/clock.js';
import { TimerWheel } from '../time/timer-wheel.js';
import { type FloodFields, FloodGate } from './flood-gate.js';
import { judge } from './judge.js';
import { safeEvent } from './safe-event.js';
import { type NewSecurityEvent, SECURITY_EVENT_TYPES, type SecurityEvent } from './security-event.js';
import { SecurityEventSink, StdoutSink } from './security-event-sink.js';
import { SinkGuard } from './sink-guard.js';

/**
 * Emits security events, as an Observable and to the `SecurityEventSink`. During a flood, the first events of each kind
 * are written, and the others are counted.
 *
 * @publicApi
 */
@Injectable()
export class SecurityEvents implements OnApplicationShutdown {
  private readonly announcer: Announcer<SecurityEvent>;
  /** A subscriber that throws or rejects is logged. The others are not affected. */
  readonly events: Observable<SecurityEvent>;
  private readonly gate: FloodGate;
  private readonly output: SinkGuard;
  /** Events by type. @internal */
  readonly counted = new Tally(SECURITY_EVENT_TYPES);
  /** Events that a flood has hidden, by type. @internal */
  readonly suppressed = new Tally(SECURITY_EVENT_TYPES);

  /** @internal */
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly clock: Clock,
    wheel: TimerWheel,
    faults: Faults = new Faults(wheel),
    private readonly node: NodeIdentity = new NodeIdentity(),
    sink: SecurityEventSink = new StdoutSink(),
  ) {
    this.announcer = new Announcer('SecurityEvents.events', faults);
    this.events = this.announcer.events;
    this.gate = new FloodGate(wheel, (summary) => this.write(this.complete(summary)));
    this.output = new SinkGuard(sink, faults);
  }

  /** Adds the time, the node, the OWASP keyword, the severity and the outcome. */
  emit(event: NewSecurityEvent): void {
    this.emitIfSeen(event, () => event);
  }

  /**
   * As {@link emit}, but creates the event only if somebody gets it.
   *
   * @param kind the fields of the event that floods are counted by
   * @internal
   */
  emitIfSeen(kind: FloodFields, create: () => NewSecurityEvent): void {
    const { logSecurityEvents } = this.options;
    const isWritten = logSecurityEvents && this.gate.admits(kind);
    this.counted.add(kind.type);
    if (logSecurityEvents && !isWritten) this.suppressed.add(kind.type);
    if (!isWritten && !this.announcer.isHeard) return;
    const complete = this.complete(create());
    this.announcer.announce(complete);
    if (isWritten) this.write(complete);
  }

  /** What is counted until now is written. */
  onApplicationShutdown(): void {
    this.gate.flush();
  }

  private complete(event: NewSecurityEvent): SecurityEvent {
    const { type, ...details } = event;
    const { owasp, severity, outcome } = judge(event);
    return {
      time: new Date(this.clock.now()).toISOString(),
      type,
      severity,
      outcome,
      ...details,
      owasp,
      'service.name': this.node.service,
      'service.instance.id': this.node.name,
      schema: 'ws-security/1',
    } as SecurityEvent;
  }

  private write(event: SecurityEvent): void {
    this.output.write(safeEvent(event));
  }
}
