import { Logged } from '../../test/support/logged.js';
import { ManualClock } from '../testing/manual-clock.js';
import { errorNameOf, errorTitleOf } from './error-text.js';
import { Faults } from './faults.js';
import { TimerWheel } from '../time/timer-wheel.js';

let clock: ManualClock;
let faults: Faults;
let logged: Logged;

beforeEach(() => {
  clock = new ManualClock();
  faults = new Faults(new TimerWheel(clock));
  logged = new Logged();
});

afterEach(() => logged.stop());

const failure = (message: string): Error => new RangeError(message);

it('L6 faults of one kind are logged once with the stack, then as a count', () => {
  for (let count = 0; count < 91; count++) faults.report('A rule failed', failure(`no ${count}`));
  expect(logged.errors).toEqual([
    { text: 'A rule failed', stack: expect.stringContaining('RangeError: no 0') },
  ]);
  clock.advance(10_000);
  expect(logged.errors.slice(1)).toEqual([
    { text: 'A rule failed 90 more times within 10 s (RangeError)', stack: undefined },
  ]);
  clock.advance(60_000);
  expect(logged.errors).toHaveLength(2);
});

it('L6 a single fault is one line, and a later one is logged with its stack again', () => {
  faults.report('A rule failed', failure('first'));
  clock.advance(10_100);
  faults.report('A rule failed', failure('second'));
  expect(logged.errors.map(({ stack }) => stack?.split('\n')[0])).toEqual([
    'RangeError: first',
    'RangeError: second',
  ]);
});

it('L6 faults differ in kind by place, error name and part', () => {
  const other = (): Error => new RangeError('elsewhere');
  faults.report('A rule failed', failure('here'));
  faults.report('A rule failed', other());
  faults.report('A rule failed', new TypeError('of another name'));
  faults.report('A handler failed', failure('here'));
  faults.report('A rule failed', 'no error at all');
  expect(logged.errors).toHaveLength(5);
});

it('L6 the number of kinds is bounded, and further ones are counted together', () => {
  for (let kind = 0; kind < 1000; kind++) faults.report(`Part ${kind} failed`, failure('x'));
  expect(logged.errors).toHaveLength(100);
  clock.advance(10_000);
  expect(logged.texts.slice(100)).toEqual(['Other code failed 900 more times within 10 s']);
});

it('the name of an error is known without its stack, and that of anything else as well', () => {
  const unreadable = (): never => {
    throw new Error('read');
  };
  const error = failure('x');
  const getters = { stack: { get: unreadable } };
  expect(errorNameOf(Object.defineProperties(error, getters))).toBe('RangeError');
  const hostile = new Proxy(error, { get: unreadable });
  expect([errorNameOf(hostile), errorNameOf('text')]).toEqual(['unknown', 'string']);
});

it('L6 pending counts are logged when the application shuts down', () => {
  faults.report('A rule failed', failure('1'));
  faults.report('A rule failed', failure('2'));
  faults.onApplicationShutdown();
  expect(logged.texts.at(-1)).toBe('A rule failed 1 more time within 10 s (RangeError)');
});

it('L5 a stack is truncated, and a logger that throws has no effect', () => {
  faults.report('A rule failed', failure('x'.repeat(100_000)));
  expect(logged.errors[0]?.stack?.length).toBeLessThanOrEqual(4096);
  expect(logged.errors[0]?.stack).toContain('faults.spec.ts');
  logged.onError = () => {
    throw new Error('disk full');
  };
  expect(() => faults.report('A handler failed', failure('y'))).not.toThrow();
});

it('L5 thrown values that are not proper errors are logged too', () => {
  const odd = new Error('x');
  Object.defineProperty(odd, 'name', { value: 7 });
  for (const thrown of [odd, null, undefined, Symbol('x'), Object.create(null) as object])
    faults.report('A rule failed', thrown);
  expect(logged.errors).toHaveLength(4);
});

it.each([undefined, 5, {}, Symbol('x'), new Error('inner'), Object.create(null), 'unreadable'])(
  'L5 an error whose message is %p is logged too',
  (message: unknown) => {
    const error = new Error('x');
    const unreadable = (): never => {
      throw new Error('read');
    };
    Object.defineProperty(
      error,
      'message',
      message === 'unreadable' ? { get: unreadable } : { value: message },
    );
    faults.report('A handler failed', error);
    faults.reportWithoutMessage('A handler failed', error);
    expect(logged.errors).toEqual([{ text: 'A handler failed', stack: expect.stringMatching(/^Error/) }]);
  },
);

it('L3 the message of an error cannot break or reorder the lines of the log', () => {
  const forged = failure('no room x\n{"type":"admin.lift"}\r\n[Nest] ERROR\u001b[2K\u202e');
  faults.report('A handler failed', forged);
  const [title, ...frames] = logged.errors[0]?.stack?.split('\n') ?? [];
  expect(title).toBe(
    String.raw`RangeError: no room x\u000a{"type":"admin.lift"}\u000d\u000a[Nest] ERROR\u001b[2K\u202e`,
  );
  expect(frames.every((line) => line.startsWith('    at '))).toBe(true);
  expect(errorTitleOf('a\nb')).toBe(String.raw`string: a\u000ab`);
});

it('L2 the message is left out where it may quote a client, even if it looks like a stack', () => {
  const error = failure('canary\n    at canary (canary.ts:1:1)');
  faults.reportWithoutMessage('A rule failed', error);
  faults.reportWithoutMessage('A rule failed', 'canary');
  Object.assign(error, { message: 'changed since' });
  faults.reportWithoutMessage('A rule failed', error);
  expect(JSON.stringify(logged.errors)).not.toContain('canary');
  expect(logged.errors.map(({ stack }) => stack?.split('\n')[0])).toEqual([
    'RangeError',
    'string',
    'RangeError',
  ]);
  expect(logged.errors[0]?.stack).toContain('faults.spec.ts');
});
