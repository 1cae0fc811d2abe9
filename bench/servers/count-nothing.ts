/** A file of the module that is not public. */
async function internal<T>(file: string): Promise<T> {
  return (await import(new URL(file, import.meta.resolve('nestjs-ws-security')).href)) as T;
}

const nothing = (): void => undefined;

/**
 * Makes the module of this process count nothing and read no clock for it, to learn what counting costs. What remains are
 * sums of plain numbers: bytes, running handlers.
 */
export async function countNothing(): Promise<void> {
  const [{ Histogram }, { Tally }, { EventCounters }, { PathCounters }, { Counters }, { MessageTimes }] =
    await Promise.all([
      internal<{ Histogram: Methods<'observe'> }>('./counters/histogram.js'),
      internal<{ Tally: Methods<'add'> }>('./counters/tally.js'),
      internal<{ EventCounters: Methods<'refused' | 'handled'> }>('./counters/event-counters.js'),
      internal<{ PathCounters: Methods<'pushed' | 'closed'> }>('./counters/path-counters.js'),
      internal<{ Counters: Methods<'authenticated' | 'throttled'> }>('./counters/counters.js'),
      internal<{ MessageTimes: Methods<'end'> }>('./messages/message-times.js'),
    ]);
  silence(Histogram, 'observe');
  silence(Tally, 'add');
  silence(EventCounters, 'refused', 'handled');
  silence(PathCounters, 'pushed', 'closed');
  silence(Counters, 'authenticated', 'throttled');
  silence(MessageTimes, 'end');
}

interface Methods<Name extends string> {
  readonly prototype: Record<Name, () => void>;
}

/** @throws Error if the module has no such method any more: then nothing would be measured */
function silence<Name extends string>({ prototype }: Methods<Name>, ...names: Name[]): void {
  for (const name of names) {
    if (typeof prototype[name] !== 'function') throw new Error(`the module has no method ${name}`);
    prototype[name] = nothing;
  }
}
