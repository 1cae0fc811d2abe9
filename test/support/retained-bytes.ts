import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that are still in use, of objects and of buffers outside the heap. */
export async function retainedBytes(): Promise<number> {
  for (let n = 0; n < 3; n++) {
    // What finalizers and sockets have still to let go of.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
