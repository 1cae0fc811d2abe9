import { Emitter } from './emitter.js';
import { host } from './host.js';

interface Events {
  a: number;
  b: string;
}

describe('Emitter', () => {
  it('calls the listeners of an event until they unsubscribe', () => {
    const emitter = new Emitter<Events>();
    const heard: unknown[] = [];
    const off = emitter.on('a', (value) => heard.push(value));
    emitter.on('b', (value) => heard.push(value));
    emitter.emit('a', 1);
    off();
    emitter.emit('a', 2);
    emitter.emit('b', 'x');
    expect(heard).toEqual([1, 'x']);
  });

  it('keeps two subscriptions of one function apart', () => {
    const emitter = new Emitter<Events>();
    const heard: number[] = [];
    const listener = (value: number): unknown => heard.push(value);
    const off = emitter.on('a', listener);
    emitter.on('a', listener);
    off();
    emitter.emit('a', 1);
    expect(heard).toEqual([1]);
  });

  it('delivers events to all listeners in the same order', () => {
    const emitter = new Emitter<Events>();
    const heard: number[] = [];
    emitter.on('a', (value) => {
      if (value === 1) emitter.emit('a', 2);
    });
    emitter.on('a', (value) => heard.push(value));
    emitter.emit('a', 1);
    expect(heard).toEqual([1, 2]);
  });

  it('does not call a listener that an earlier one unsubscribed', () => {
    const emitter = new Emitter<Events>();
    const heard: number[] = [];
    emitter.on('a', () => off());
    const off = emitter.on('a', (value) => heard.push(value));
    emitter.emit('a', 1);
    expect(heard).toEqual([]);
  });

  it('does not call a listener for an event before its subscription', () => {
    const emitter = new Emitter<Events>();
    const heard: number[] = [];
    emitter.on('a', () => void emitter.on('a', (value) => heard.push(value)));
    emitter.emit('a', 1);
    expect(heard).toEqual([]);
  });

  it('reports a listener that throws and calls the others', () => {
    const emitter = new Emitter<Events>();
    const heard: number[] = [];
    const reported: unknown[] = [];
    const failure = new Error('listener');
    host.reportError = (error) => reported.push(error);
    try {
      emitter.on('a', () => {
        throw failure;
      });
      emitter.on('a', (value) => heard.push(value));
      emitter.emit('a', 1);
      emitter.emit('a', 2);
    } finally {
      delete host.reportError;
    }
    expect(heard).toEqual([1, 2]);
    expect(reported).toEqual([failure, failure]);
  });

  it('L5 reports a listener whose promise rejects', async () => {
    const emitter = new Emitter<Events>();
    const reported: unknown[] = [];
    const failure = new Error('listener');
    host.reportError = (error) => reported.push(error);
    try {
      const reject = (() => Promise.reject(failure)) as () => never;
      emitter.on('a', reject);
      emitter.emit('a', 1);
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      delete host.reportError;
    }
    expect(reported).toEqual([failure]);
  });
});
