import { CREDENTIAL_CHECKS, type CredentialCheck } from '../errors/credential-check.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import { ERROR_CODES } from '../protocol/error-code.js';
import { HANDSHAKE_STATUS } from '../protocol/handshake-code.js';
import type { TimerWheel } from '../time/timer-wheel.js';
import type { AnyFields, NewSecurityEvent, SecurityEventType } from './security-event.js';
import { TopList } from './top-list.js';

const WINDOW_MS = 10_000;
const LINES_PER_WINDOW = 10;
const REMEMBERED_ADDRESSES = 32;
const SHOWN_ADDRESSES = 3;

/** What operators and the application do. Clients cannot make a flood of it. */
const ACTS: ReadonlySet<SecurityEventType> = new Set<SecurityEventType>([
  'admin.disconnect',
  'admin.revoke',
  'admin.ban',
  'admin.lift',
  'admin.drain',
  'ban.set',
  'ban.lifted',
  'ban.failed',
  'revocation.set',
  'revocation.lifted',
]);

/** The fields of an event that decide whether it is written. */
export type FloodFields = Pick<
  AnyFields,
  'type' | 'code' | 'check' | 'close.code' | 'client.address' | 'connection'
>;

type Summary = Extract<NewSecurityEvent, { type: 'events.suppressed' }>;

interface Kind {
  readonly same: Omit<Summary, 'type' | 'suppressed' | 'top'>;
  count: number;
  /** Since lines are suppressed. */
  addresses: TopList | undefined;
}

/** Lets the first events of each kind through, and counts the others until the end of a window. */
export class FloodGate {
  private readonly kinds = new Map<string, Kind>();

  /** @param summarise is told what was counted, at the end of the window */
  constructor(
    private readonly wheel: TimerWheel,
    private readonly summarise: (summary: Summary) => void,
  ) {}

  /** Whether an event is to be written. */
  admits(event: FloodFields): boolean {
    if (isAct(event)) return true;
    const { code, check } = event;
    const closeCode = event['close.code'];
    const name = nameOf(event.type, knownCode(code), knownCloseCode(closeCode), knownCheck(check));
    const kind = this.kinds.get(name) ?? this.open(name, event);
    if (++kind.count <= LINES_PER_WINDOW) return true;
    const address = event['client.address'];
    if (address !== undefined) (kind.addresses ??= new TopList(REMEMBERED_ADDRESSES)).add(address);
    return false;
  }

  /** Ends all windows. */
  flush(): void {
    for (const name of this.kinds.keys()) this.close(name);
  }

  private open(name: string, event: FloodFields): Kind {
    const { type, code, check } = event;
    const same: Kind['same'] = {
      of: type,
      code: knownCode(code),
      'close.code': knownCloseCode(event['close.code']),
      check: knownCheck(check),
    };
    const kind: Kind = { same, count: 0, addresses: undefined };
    this.kinds.set(name, kind);
    this.wheel.schedule(WINDOW_MS, () => this.close(name));
    return kind;
  }

  private close(name: string): void {
    const kind = this.kinds.get(name);
    this.kinds.delete(name);
    if (!kind || kind.count <= LINES_PER_WINDOW) return;
    const top = kind.addresses?.top(SHOWN_ADDRESSES).map(({ key, count }) => ({ address: key, count }));
    const suppressed = kind.count - LINES_PER_WINDOW;
    this.summarise({ type: 'events.suppressed', ...kind.same, suppressed, ...(top && { top }) });
  }
}

/** Whether it is always written. A ban for violations has a connection, and many addresses can provoke many of them. */
function isAct({ type, connection }: FloodFields): boolean {
  return connection === undefined && ACTS.has(type);
}

function nameOf(
  type: SecurityEventType,
  code: string | undefined,
  closeCode: number | undefined,
  check: CredentialCheck | undefined,
): string {
  return `${type} ${code ?? closeCode ?? ''} ${check ?? ''}`;
}

const CODES: ReadonlySet<unknown> = new Set<unknown>([...ERROR_CODES, ...Object.keys(HANDSHAKE_STATUS)]);
const CLOSE_CODES: ReadonlySet<unknown> = new Set<unknown>(Object.values(CloseCode));
const CHECKS: ReadonlySet<unknown> = new Set<unknown>(CREDENTIAL_CHECKS);

// Only what the module knows makes a kind: clients choose close codes, and an application without types may give any text.
function knownCode(code: AnyFields['code']): AnyFields['code'] {
  return CODES.has(code) ? code : undefined;
}

function knownCloseCode(code: number | undefined): number | undefined {
  return CLOSE_CODES.has(code) ? code : undefined;
}

function knownCheck(check: CredentialCheck | undefined): CredentialCheck | undefined {
  return CHECKS.has(check) ? check : undefined;
}
