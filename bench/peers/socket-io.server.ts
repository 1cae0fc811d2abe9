import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { jwtVerify } from 'jose';
import { type Event, Server, type Socket } from 'socket.io';
import { z } from 'zod';
import { measured, SCARCE, settings } from '../servers/measured.js';
import { serverKeys } from '../servers/tls.js';

// Socket.IO with the same checks: a token on joining the namespace, roles, validated bodies, a limit per user.

interface User {
  sub: string;
  roles: string[];
}

class Refusal extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** A fixed window per key, the cheapest kind of limit. */
class Windows {
  private readonly windows = new Map<string, { until: number; hits: number }>();

  constructor(
    private readonly limit: number,
    private readonly ttlMs: number,
  ) {}

  hit(key: string): void {
    const now = performance.now();
    let window = this.windows.get(key);
    if (!window || window.until <= now) {
      window = { until: now + this.ttlMs, hits: 0 };
      this.windows.set(key, window);
    }
    if (++window.hits > this.limit) throw new Refusal('RATE_LIMITED');
  }
}

const key = new TextEncoder().encode(settings.secret);
const Echo = z.strictObject({ text: z.string().max(100) });
const shared = new Windows(settings.rateLimit, settings.rateTtlMs);
const scarce = new Windows(SCARCE.limit, SCARCE.ttl);

const keys = serverKeys();
const server = keys ? createSecureServer(keys) : createServer();
// A ping every ten minutes, because the clients of the benchmark do not answer Socket.IO's pings.
const io = new Server(server, { transports: ['websocket'], pingInterval: 600_000 });

async function admit(socket: Socket, next: (error?: Error) => void): Promise<void> {
  const { token } = socket.handshake.auth as { token?: unknown };
  try {
    const { payload } = await jwtVerify(String(token), key, { algorithms: ['HS256'] });
    socket.data = payload;
    next();
  } catch {
    next(new Error('unauthorized'));
  }
}

io.use((socket, next) => void admit(socket, next));

function check(socket: Socket, [event, data]: Event): void {
  const user = socket.data as User;
  (event === 'scarce' ? scarce : shared).hit(user.sub);
  if (!user.roles.includes(event === 'admin' ? 'admin' : 'user')) throw new Refusal('FORBIDDEN');
  if (event === 'echo' && !Echo.safeParse(data).success) throw new Refusal('VALIDATION_FAILED');
}

io.on('connection', (socket) => {
  socket.use((event, next) => {
    try {
      check(socket, event);
      next();
    } catch (error) {
      socket.emit('exception', { code: error instanceof Refusal ? error.code : 'INTERNAL_ERROR' });
    }
  });
  socket.on('echo', ({ text }: { text: string }) => socket.emit('echo', { text }));
  socket.on('scarce', () => socket.emit('scarce', { left: true }));
  socket.on('admin', () => socket.emit('admin', { secret: true }));
});

measured(server, (event, data) => io.emit(event, data));
