import { type Broadcast, BroadcastBus, type Position } from 'nestjs-ws-security';

const DIGITS = 12;

/** One order of broadcasts for several nodes of this process. */
export class SharedLog {
  readonly entries: Broadcast[] = [];
  private readonly readers = new Set<SharedLogBus>();
  /** How many of the oldest are forgotten. */
  private forgotten = 0;

  append(broadcast: Broadcast): void {
    this.entries.push(broadcast);
    for (const reader of this.readers) reader.read();
  }

  join(reader: SharedLogBus): void {
    this.readers.add(reader);
  }

  /** Nobody can be told any more what was published so far. */
  forget(): void {
    this.forgotten = this.entries.length;
  }

  between(after: Position, to: Position): Broadcast[] | undefined {
    const [start, end] = [indexOf(after), indexOf(to)];
    const isKnown = start >= this.forgotten && start <= end && end <= this.entries.length;
    return isKnown || after === to ? this.entries.slice(start, end) : undefined;
  }
}

/** A node's line to the log; it may read late. */
export class SharedLogBus extends BroadcastBus {
  private next: number;
  private isHeld = false;
  private deliver: ((broadcast: Broadcast, at: Position) => void) | undefined;
  /** Tells that something was lost to this node. */
  gap: () => void = () => undefined;
  /** What an answer of `between()` waits for. */
  gate: Promise<void> | undefined;

  constructor(private readonly log: SharedLog) {
    super();
    this.next = log.entries.length;
  }

  override get position(): Position {
    return positionOf(this.next);
  }

  publish(broadcast: Broadcast): void {
    this.log.append(broadcast);
  }

  subscribe(deliver: (broadcast: Broadcast, at: Position) => void, gap: () => void): void {
    this.deliver = deliver;
    this.gap = gap;
    this.log.join(this);
  }

  override between(
    after: Position,
    to: Position,
  ): Broadcast[] | undefined | Promise<Broadcast[] | undefined> {
    return this.gate ? this.gate.then(() => this.log.between(after, to)) : this.log.between(after, to);
  }

  /** Reads nothing for now. */
  hold(): void {
    this.isHeld = true;
  }

  /** Reads on. */
  release(): void {
    this.isHeld = false;
    this.read();
  }

  /** Reads what is there, at most so many entries, though it is held. */
  step(count: number): void {
    for (let n = 0; n < count; n++) this.readOne();
  }

  read(): void {
    while (!this.isHeld && this.readOne());
  }

  private readOne(): boolean {
    const broadcast = this.log.entries[this.next];
    if (!broadcast) return false;
    this.next++;
    this.deliver?.(broadcast, this.position);
    return true;
  }
}

function positionOf(index: number): Position {
  return String(index).padStart(DIGITS, '0');
}

function indexOf(position: Position): number {
  return /^\d{12}$/.test(position) ? Number(position) : NaN;
}
