interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** True time, milliseconds with fractions: what happens is run in its order. A binary heap. */
export class VirtualTime {
  now = 0;
  steps = 0;
  private readonly heap: Event[] = [];
  private order = 0;

  at(at: number, run: () => void): void {
    const { heap } = this;
    const event = { at: Math.max(at, this.now), order: ++this.order, run };
    let child = heap.push(event) - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!isBefore(event, heap[parent] as Event)) break;
      heap[child] = heap[parent] as Event;
      child = parent;
    }
    heap[child] = event;
  }

  after(ms: number, run: () => void): void {
    this.at(this.now + ms, run);
  }

  runUntil(end: number): void {
    for (let first = this.heap[0]; first && first.at <= end; first = this.heap[0]) {
      this.removeFirst();
      this.now = first.at;
      this.steps += 1;
      first.run();
    }
    this.now = end;
  }

  private removeFirst(): void {
    const { heap } = this;
    const last = heap.pop() as Event;
    if (heap.length === 0) return;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child += 1;
      if (!isBefore(heap[child] as Event, last)) break;
      heap[parent] = heap[child] as Event;
      parent = child;
    }
    heap[parent] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
