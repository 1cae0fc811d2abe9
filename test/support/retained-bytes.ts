import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Each collection of all garbage takes a quarter of a second. */
const MOST_COLLECTIONS = 3;
const LITTLE = 65_536;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/**
 * Bytes that are still in use, of objects and of buffers outside the heap.
 *
 * @param enough with so few it does not matter how many of them are garbage
 */
export async function retainedBytes(enough = 0): Promise<number> {
  let last = Infinity;
  for (let n = 0; n < MOST_COLLECTIONS; n++) {
    // What finalizers and sockets have still to let go of.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    const { heapUsed, external } = process.memoryUsage();
    const bytes = heapUsed + external;
    if (bytes <= enough || last - bytes < LITTLE) return bytes;
    last = bytes;
  }
  return last;
}
