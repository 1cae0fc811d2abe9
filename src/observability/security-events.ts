import { Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { CREDENTIAL_CHECKS, type CredentialCheck } from '../errors/credential-check.js';
import { Announcer } from '../faults/announcer.js';
import { Clock } from '../time/clock.js';
import { Faults } from '../faults/faults.js';
import { isThenable } from '../time/maybe-promise.js';
import { TimerWheel } from '../time/timer-wheel.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { Tally } from '../counters/tally.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import { logLine } from './log-line.js';
import { SECURITY_EVENT_TYPES, type SecurityEvent } from './security-event.js';

const WINDOW_MS = 10_000;
const LINES_PER_WINDOW = 10;

/**
 * Emits security events, as an Observable and as JSON lines on standard output. During a flood, the first lines of
 * each kind are written and the others are counted.
 *
 * @publicApi
 */
@Injectable()
export class SecurityEvents {
  private readonly announcer: Announcer<SecurityEvent>;
  /** A subscriber that throws or rejects is logged. The others are not affected. */
  readonly events: Observable<SecurityEvent>;
  private readonly written = new Map<string, number>();
  /** Lines that were not written, by type. @internal */
  readonly suppressed = new Tally(SECURITY_EVENT_TYPES);

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly clock: Clock,
    private readonly wheel: TimerWheel,
    private readonly faults: Faults = new Faults(wheel),
  ) {
    this.announcer = new Announcer('SecurityEvents.events', faults);
    this.events = this.announcer.events;
  }

  emit(event: SecurityEvent): void {
    this.announcer.announce(event);
    if (this.options.logSecurityEvents && this.hasRoom(event)) this.log(event);
  }

  /** Override this method to send the lines elsewhere. If it throws or rejects, the error is logged. */
  protected write(line: string): void {
    process.stdout.write(`${line}\n`);
  }

  private hasRoom(event: SecurityEvent): boolean {
    const same = { type: event.type, code: ownCodeOf(event), check: knownCheckOf(event) };
    const kind = `${same.type} ${same.code ?? ''} ${same.check ?? ''}`;
    const count = (this.written.get(kind) ?? 0) + 1;
    this.written.set(kind, count);
    if (count === 1) this.wheel.schedule(WINDOW_MS, () => this.summarise(kind, same));
    if (count <= LINES_PER_WINDOW) return true;
    this.suppressed.add(event.type);
    return false;
  }

  private summarise(kind: string, same: SecurityEvent): void {
    const suppressed = (this.written.get(kind) ?? 0) - LINES_PER_WINDOW;
    this.written.delete(kind);
    if (suppressed > 0) this.log({ ...same, suppressed });
  }

  /** An output that fails must not affect the caller. */
  private log(event: SecurityEvent): void {
    try {
      const written: unknown = this.write(
        logLine({ time: new Date(this.clock.now()).toISOString(), ...event }),
      );
      if (isThenable(written))
        Promise.resolve(written).catch((error: unknown) => this.reportUnwritten(error));
    } catch (error) {
      this.reportUnwritten(error);
    }
  }

  private reportUnwritten(error: unknown): void {
    this.faults.report('A security event could not be written', error);
  }
}

const OWN_CODES: ReadonlySet<number> = new Set(Object.values(CloseCode));

/** Only the module's own codes define kinds, so that clients cannot create new kinds with arbitrary close codes. */
function ownCodeOf({ code }: SecurityEvent): string | number | undefined {
  if (typeof code === 'string') return code;
  return typeof code === 'number' && OWN_CODES.has(code) ? code : undefined;
}

/** An application without types could give any text. */
function knownCheckOf({ check }: SecurityEvent): CredentialCheck | undefined {
  return CREDENTIAL_CHECKS.find((known) => known === check);
}
