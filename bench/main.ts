import { type Order, parseOrder, USAGE } from './arguments.js';
import { Child } from './processes/child.js';
import { run } from './run.js';

function orderOf(argv: readonly string[]): Order | undefined {
  try {
    return parseOrder(argv);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return undefined;
  }
}

/** Ends all child processes when this process ends. */
function endWith(code: number): void {
  Child.killAll();
  process.exit(code);
}

/** Ends after the work, a signal or the deadline, whichever comes first. No child process is left. */
async function main(order: Order): Promise<void> {
  process.on('SIGINT', () => endWith(130));
  process.on('SIGTERM', () => endWith(143));
  const deadline = setTimeout(() => {
    console.error(`The benchmark took longer than ${order.scale.deadlineMs} ms.`);
    endWith(1);
  }, order.scale.deadlineMs);
  try {
    await run(order);
    await Child.stopAll();
  } catch (error) {
    console.error(error);
    endWith(1);
  }
  clearTimeout(deadline);
}

const order = orderOf(process.argv.slice(2));
if (order) await main(order);
else process.exitCode = 1;
