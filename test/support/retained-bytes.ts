import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Young garbage is collected at once, all of it in a quarter of a second: twice, as some is let go of by the first. */
const COLLECTIONS = ['minor', 'major', 'major'] as const;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { type: (typeof COLLECTIONS)[number] }) => void;

/**
 * Bytes that are still in use, of objects and of buffers outside the heap.
 *
 * @param enough with so few it does not matter how many of them are garbage
 */
export async function retainedBytes(enough = 0): Promise<number> {
  let bytes = Infinity;
  for (const type of COLLECTIONS) {
    // What finalizers and sockets have still to let go of.
    await new Promise((resolve) => setImmediate(resolve));
    collect({ type });
    const { heapUsed, external } = process.memoryUsage();
    bytes = heapUsed + external;
    if (bytes <= enough) break;
  }
  return bytes;
}
