import { EventEmitter } from 'node:events';
import { interceptEvents } from './intercept-events.js';

interface Emitting {
  emit: (event: string | symbol, ...args: unknown[]) => boolean;
}

/** Replaces `emit` like an instrumentation library, and records the events that pass. */
function instrument(emitter: Emitting, log: string[], name: string): () => void {
  const before = emitter.emit;
  emitter.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    log.push(`${name} ${String(event)}`);
    return before.call(emitter, event, ...args);
  };
  return () => void (emitter.emit = before);
}

const ours = (event: string | symbol, [path]: readonly unknown[]): boolean =>
  event === 'upgrade' && path === '/ws';

let emitter: EventEmitter;
let log: string[];

beforeEach(() => {
  emitter = new EventEmitter();
  log = [];
  emitter.on('upgrade', (path: string) => log.push(`listener ${path}`));
});

describe('H15 interceptEvents()', () => {
  it('hides handled events from all listeners, and passes others on with arguments and result', () => {
    interceptEvents(emitter, ours);
    emitter.prependListener('upgrade', (path: string) => log.push(`early ${path}`));
    expect(emitter.emit('upgrade', '/ws')).toBe(true);
    expect(log).toEqual([]);
    expect(emitter.emit('upgrade', '/other')).toBe(true);
    expect(emitter.emit('nobody listens')).toBe(false);
    expect(log).toEqual(['early /other', 'listener /other']);
  });

  it('lets a listener throw as usual', () => {
    interceptEvents(emitter, ours);
    emitter.on('upgrade', () => {
      throw new Error('theirs');
    });
    expect(() => emitter.emit('upgrade', '/other')).toThrow('theirs');
    expect(emitter.emit('upgrade', '/ws')).toBe(true);
  });

  it('restores the emitter when it ends', () => {
    const end = interceptEvents(emitter, ours);
    expect(Object.keys(emitter)).not.toContain('emit');
    end();
    expect(Object.hasOwn(emitter, 'emit')).toBe(false);
    emitter.emit('upgrade', '/ws');
    expect(log).toEqual(['listener /ws']);
    end();
    expect(Object.hasOwn(emitter, 'emit')).toBe(false);
  });

  it('wraps an emit that was replaced before, and restores it', () => {
    instrument(emitter, log, 'other');
    const { emit: replaced } = emitter as Emitting;
    const end = interceptEvents(emitter, ours);
    emitter.emit('upgrade', '/ws');
    expect(log).toEqual([]);
    emitter.emit('upgrade', '/other');
    expect(log).toEqual(['other upgrade', 'listener /other']);
    end();
    expect((emitter as Emitting).emit).toBe(replaced);
  });

  it('works inside an emit that was replaced later, and only passes events on after it ends', () => {
    const end = interceptEvents(emitter, ours);
    const restore = instrument(emitter, log, 'other');
    emitter.emit('upgrade', '/ws');
    expect(log).toEqual(['other upgrade']);
    end();
    emitter.emit('upgrade', '/ws');
    expect(log).toEqual(['other upgrade', 'other upgrade', 'listener /ws']);
    restore();
    emitter.emit('upgrade', '/ws');
    expect(log.at(-1)).toBe('listener /ws');
  });

  it('calls the emit method that the class has at that time', () => {
    class Server extends EventEmitter {}
    const server = new Server();
    interceptEvents(server, ours);
    const calls: unknown[][] = [];
    Server.prototype.emit = function record(this: unknown, ...args: unknown[]): boolean {
      calls.push([this, ...args]);
      return true;
    };
    expect(server.emit('request', 1, 2, 3)).toBe(true);
    expect(calls).toEqual([[server, 'request', 1, 2, 3]]);
  });

  it('two on one emitter may end in either order', () => {
    for (const first of [0, 1]) {
      const ends = [ours, ours].map((take) => interceptEvents(emitter, take));
      ends[first]?.();
      emitter.emit('upgrade', '/ws');
      expect(log).toEqual([]);
      ends[1 - first]?.();
      emitter.emit('upgrade', '/ws');
      expect(log.splice(0)).toEqual(['listener /ws']);
    }
  });
});
