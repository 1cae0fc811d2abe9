import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ephemeral ports, which the system assigns to listeners on port 0 and to clients. */
const LOWEST = 20_000;
const COUNT = 12_000;

/**
 * A free port that the system assigns to no other program by chance, neither before a server listens on it nor between
 * two servers on it.
 */
export async function ownPort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * COUNT);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue;
      throw error;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}
