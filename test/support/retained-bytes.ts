import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Each collection of all garbage takes a tenth of a second or more, and one of what is new a fraction of that. */
const MOST_COLLECTIONS = 3;
const LITTLE = 65_536;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

/**
 * Bytes that are still in use, of objects and of buffers outside the heap.
 *
 * @param enough with so few it does not matter how many of them are garbage
 */
export async function retainedBytes(enough = 0): Promise<number> {
  collect({ type: 'minor' });
  const most = bytesInUse();
  if (most <= enough) return most;
  let last = Infinity;
  for (let n = 0; n < MOST_COLLECTIONS; n++) {
    // What finalizers and sockets have still to let go of.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    const bytes = bytesInUse();
    if (bytes <= enough || last - bytes < LITTLE) return bytes;
    last = bytes;
  }
  return last;
}

function bytesInUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
