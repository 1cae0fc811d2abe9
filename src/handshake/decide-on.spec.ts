import { ForeignPromise } from '../../test/support/foreign-promise.js';
import { HandshakeRefusal } from '../errors/handshake.refusal.js';
import { decideOn } from './decide-on.js';

const refuse = (isGood: boolean): void => {
  if (!isGood) throw new HandshakeRefusal('FORBIDDEN');
};
const unavailable = (cause: unknown): HandshakeRefusal => new HandshakeRefusal('OVERLOADED', {}, { cause });
const down = new Error('down');
describe('decideOn', () => {
  it('decides synchronously on a synchronous answer', () => {
    expect(decideOn(() => true, refuse)).toBeUndefined();
    expect(() => decideOn(() => false, refuse)).toThrow('FORBIDDEN');
  });

  it.each<[string, (answer: boolean) => PromiseLike<boolean>]>([
    ['a promise', (answer) => Promise.resolve(answer)],
    ['a promise of a library', (answer) => new ForeignPromise(Promise.resolve(answer))],
  ])('waits for %s', async (_kind, later) => {
    await expect(decideOn(() => later(true), refuse)).resolves.toBeUndefined();
    await expect(decideOn(() => later(false), refuse)).rejects.toThrow('FORBIDDEN');
  });

  it('refuses an answer that fails, now or later', async () => {
    const broken = (): never => {
      throw down;
    };
    expect(() => decideOn(broken, refuse, unavailable)).toThrow('OVERLOADED');
    await expect(decideOn(() => Promise.reject(down), refuse, unavailable)).rejects.toThrow('OVERLOADED');
    await expect(decideOn(() => Promise.reject(down), refuse)).rejects.toBe(down);
  });

  it('does not report a refusal as a failure', async () => {
    await expect(decideOn(() => Promise.resolve(false), refuse, unavailable)).rejects.toThrow('FORBIDDEN');
  });
});
