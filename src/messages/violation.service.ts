import { Injectable } from '@nestjs/common';
import { Counters } from '../counters/counters.js';
import { Clock } from '../time/clock.js';
import type { Connection } from '../connection/connection.js';
import type { ServedConnection } from '../connection/served-connection.js';
import { TimerWheel, type WheelTimer } from '../time/timer-wheel.js';
import { connectionFields } from '../observability/identity-fields.js';
import { SecurityEvents } from '../observability/security-events.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import type { WsSecurityException } from '../errors/ws-security.exception.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import type { ErrorCode } from '../protocol/error-code.js';
import { type Excess, limitOf } from '../throttling/excess.js';
import { BanService } from '../throttling/bans/ban.service.js';
import { Strikes } from '../throttling/strikes.js';
import type { InboundMessage } from './inbound-message.js';
import { RefusalReporter } from './refusal-reporter.js';
import { RefusedMessagesLog } from './refused-messages.js';

const REPORT_MS = 10_000;

/** Answers that a well-behaved client does not get repeatedly. */
const STRIKES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'BAD_MESSAGE',
  'UNKNOWN_EVENT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
]);

/** Codes that are reported to the operator, also if a well-behaved client can get them. */
const REPORTED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...STRIKES,
  'VALIDATION_FAILED',
  'TOKEN_EXPIRED',
  'OVERLOADED',
]);

/** Refusals by the application itself that are reported. */
const OWN: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['FORBIDDEN', 'UNAUTHENTICATED']);
const OWN_RULE = 'application';

interface ViolationRecord {
  readonly strikes: Strikes<ErrorCode>;
  readonly refused: RefusedMessagesLog;
  /** The codes that were reported since the last report of the counts. */
  readonly begun: Set<ErrorCode>;
  /** Set while there is something to report. */
  report: WheelTimer | undefined;
}

/**
 * Counts the violations of each connection. Closes connections with too many of them with 4429, and reports the counts
 * to the operator at intervals instead of each violation.
 */
@Injectable()
export class ViolationService {
  private readonly records = new Map<Connection, ViolationRecord>();

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly clock: Clock,
    private readonly wheel: TimerWheel,
    private readonly events: SecurityEvents,
    private readonly refusals: RefusalReporter,
    private readonly bans: BanService,
    private readonly counters: Counters,
  ) {}

  /**
   * @param code the code that the client was answered with; codes that are not violations are not strikes
   * @param event the event of the message, undefined if it could not be read
   * @param rule what refused the message: the missing right, the throttler or the guard
   * @param why the exception or the limit that says more
   */
  record(
    connection: ServedConnection,
    code: ErrorCode,
    event?: string,
    rule?: string,
    why?: WsSecurityException | Excess,
  ): void {
    if (!REPORTED.has(code) || !connection.isOpen || connection.isEnding) return;
    const entry = this.add(connection, code, event, rule, why);
    if (!STRIKES.has(code)) {
      entry.strikes.note(code);
      return;
    }
    this.counters.strikes.add(code);
    const retryAfterMs = entry.strikes.add(code, connection.lastSeen);
    if (retryAfterMs > 0) this.strikeOut(connection, entry, Math.ceil(retryAfterMs));
  }

  /**
   * Records a violation for an exception of the module. `BAD_MESSAGE` does not count: the frame was valid, and the
   * application rejects its content.
   */
  recordThrown(connection: ServedConnection, code: ErrorCode, message: InboundMessage): void {
    const { event, rule, exception } = message;
    if (code !== 'BAD_MESSAGE') this.record(connection, code, event, rule, exception);
  }

  /** Reports a message that the application itself refused. It is no violation. */
  noteOwn(connection: ServedConnection, code: ErrorCode, event: string): void {
    if (OWN.has(code) && connection.isOpen && !connection.isEnding)
      this.add(connection, code, event, OWN_RULE).strikes.note(code);
  }

  private add(
    connection: ServedConnection,
    code: ErrorCode,
    event: string | undefined,
    rule: string | undefined,
    why?: WsSecurityException | Excess,
  ): ViolationRecord {
    const entry = this.recordOf(connection);
    entry.report ??= this.wheel.schedule(REPORT_MS, () => this.report(connection, entry));
    entry.refused.add(code, event, rule);
    // `authentication.refused` has told it.
    if (event !== ReservedEvent.AUTH && !entry.begun.has(code)) {
      entry.begun.add(code);
      const exception = why && 'waitMs' in why ? { errors: undefined, why: limitOf(why) } : why;
      this.refusals.report(connection, { code, event, rule, exception });
    }
    return entry;
  }

  /** The strikes of a connection that count now. */
  strikesOf(connection: Connection): number {
    return this.records.get(connection)?.strikes.countAt(this.clock.monotonic()) ?? 0;
  }

  private strikeOut(connection: ServedConnection, entry: ViolationRecord, strikesMs: number): void {
    const retryAfterMs = Math.max(strikesMs, this.options.banMs);
    connection.isEnding = true;
    this.counters.strikeouts++;
    // Messages that were accepted before are answered first, if their answers are ready.
    setImmediate(() => {
      this.report(connection, entry);
      connection.close(CloseCode.TOO_MANY_REQUESTS, 'too many requests', retryAfterMs);
    });
    // A ban that fails is an event.
    this.bans.ban(connection).catch(() => undefined);
  }

  private recordOf(connection: ServedConnection): ViolationRecord {
    let entry = this.records.get(connection);
    if (!entry) {
      const { strikeLimit, strikeTtlMs } = this.options;
      const strikes = new Strikes<ErrorCode>(strikeLimit, strikeTtlMs);
      entry = { strikes, refused: new RefusedMessagesLog(), begun: new Set(), report: undefined };
      this.records.set(connection, entry);
      // Before others hear that it has closed, so that its last report comes first.
      connection.onClosed(() => this.forget(connection));
    }
    return entry;
  }

  private report(connection: Connection, entry: ViolationRecord): void {
    entry.report?.cancel();
    entry.report = undefined;
    entry.begun.clear();
    this.events.emit({
      type: 'messages.refused',
      ...connectionFields(connection),
      counts: entry.strikes.takeCounts(),
      ...entry.refused.take(),
    });
  }

  private forget(connection: Connection): void {
    const entry = this.records.get(connection);
    this.records.delete(connection);
    if (entry?.report) this.report(connection, entry);
  }
}
