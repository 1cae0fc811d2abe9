// With `--import`: on SIGUSR2, collects all garbage and prints the memory that is still in use.
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collect();
  // What the first finalized is garbage now.
  setImmediate(() => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    console.log(`Memory in use: ${heapUsed + external}`);
  });
});
