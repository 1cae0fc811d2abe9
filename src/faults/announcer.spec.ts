import {
  asapScheduler,
  bufferCount,
  combineLatest,
  config,
  filter,
  firstValueFrom,
  map,
  merge,
  mergeMap,
  NEVER,
  observeOn,
  type Observable,
  share,
  Subject,
  Subscriber,
} from 'rxjs';
import { Logged } from '../../test/support/logged.js';
import { ManualClock } from '../testing/manual-clock.js';
import { Announcer } from './announcer.js';
import { Faults } from './faults.js';
import { TimerWheel } from '../time/timer-wheel.js';

const fail = (): never => {
  throw new Error('canary-subscriber');
};
/** An async function passed where a synchronous one is expected. */
const failLater = (async () => {
  await Promise.resolve();
  return fail();
}) as () => never;

let announcer: Announcer<number>;
let logged: Logged;
/** Errors that would have ended the process. */
let fatal: unknown[];
const onRejection = (reason: unknown): void => void fatal.push(reason);

beforeEach(() => {
  announcer = new Announcer('Test.events', new Faults(new TimerWheel(new ManualClock())));
  logged = new Logged();
  fatal = [];
  config.onUnhandledError = onRejection;
  process.on('unhandledRejection', onRejection);
});

afterEach(() => {
  logged.stop();
  config.onUnhandledError = null;
  process.off('unhandledRejection', onRejection);
});

/** Announces events and waits until RxJS and promises have reported their errors. */
async function announce(...events: number[]): Promise<void> {
  for (const event of events) announcer.announce(event);
  await new Promise((resolve) => setTimeout(resolve));
}

type Subscribe = (events: Observable<number>) => unknown;

const FAILED = 'A subscriber of Test.events failed';
const ENDED = 'A subscription to Test.events was ended by an error in its operators';

const SUBSCRIBERS: readonly [name: string, subscribe: Subscribe, said: string][] = [
  ['that throws', (events) => events.subscribe(fail), FAILED],
  ['with a method that throws', (events) => events.subscribe({ next: fail }), FAILED],
  ['whose promise rejects', (events) => events.subscribe(failLater), FAILED],
  ['behind an operator', (events) => events.pipe(filter(Boolean)).subscribe(fail), FAILED],
  [
    'behind an operator that waits',
    (events) => events.pipe(observeOn(asapScheduler)).subscribe(fail),
    FAILED,
  ],
  [
    'behind operators, whose promise rejects',
    (events) => events.pipe(map(String), share()).subscribe(failLater),
    FAILED,
  ],
  ['with an operator that throws', (events) => events.pipe(map(fail)).subscribe(() => undefined), ENDED],
  ['with an operator that throws and nothing else', (events) => events.pipe(map(fail)).subscribe(), ENDED],
  ['with an operator whose promise rejects', (events) => events.pipe(mergeMap(failLater)).subscribe(), ENDED],
  ['whose error handler throws', (events) => events.pipe(map(fail)).subscribe({ error: fail }), FAILED],
  ['of a merge', (events) => merge(events, NEVER).subscribe(fail), FAILED],
  ['of a combination', (events) => combineLatest([events, events]).subscribe(fail), FAILED],
  ['with an operator behind a merge', (events) => merge(NEVER, events).pipe(map(fail)).subscribe(), FAILED],
  [
    'of a subject that passes events on',
    (events) => {
      const subject = new Subject<number>();
      subject.subscribe(fail);
      return events.subscribe(subject);
    },
    FAILED,
  ],
  [
    'that is an RxJS Subscriber',
    (events) => {
      const subscriber = new Subscriber<number>();
      subscriber.next = fail;
      return events.subscribe(subscriber);
    },
    FAILED,
  ],
];

it.each(SUBSCRIBERS)(
  'L5 a subscriber %s is logged, and the others still get the event',
  async (_name, subscribe, said) => {
    const heard: number[] = [];
    announcer.events.subscribe((event) => heard.push(event));
    subscribe(announcer.events);
    announcer.events.subscribe((event) => heard.push(event));
    await announce(1, 2);
    expect(heard).toEqual([1, 1, 2, 2]);
    expect(fatal).toEqual([]);
    expect(logged.texts).toEqual([said]);
  },
);

it('L5 a subscriber that failed gets the next event', async () => {
  const heard: number[] = [];
  announcer.events.pipe(map((event) => event * 10)).subscribe((event) => {
    heard.push(event);
    fail();
  });
  await announce(1, 2, 3);
  expect(heard).toEqual([10, 20, 30]);
});

it('L5 a subscriber with an error handler gets the errors of its operators, and nothing is logged', async () => {
  const errors: unknown[] = [];
  announcer.events.pipe(map(fail)).subscribe({ error: (error) => errors.push(error) });
  announcer.events.pipe(map(fail)).subscribe(undefined, (error) => errors.push(error));
  await announce(1);
  expect(errors).toEqual([new Error('canary-subscriber'), new Error('canary-subscriber')]);
  expect(logged.texts).toEqual([]);
});

it('L5 promises made from the events settle as with any observable', async () => {
  const first = firstValueFrom(announcer.events.pipe(filter((event) => event > 1)));
  const failed = firstValueFrom(announcer.events.pipe(map(fail)));
  const each = announcer.events.forEach(fail);
  const outcome = Promise.allSettled([first, failed, each]);
  await announce(1, 2);
  expect((await outcome).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(fatal).toEqual([]);
});

it('subscribers get events in order, and none after they unsubscribe', async () => {
  const heard: unknown[] = [];
  const subscription = announcer.events.subscribe((event) => heard.push(event));
  announcer.events.pipe(bufferCount(2)).subscribe((pair) => heard.push(pair));
  announcer.events.subscribe({
    next(event) {
      if (event === 2) subscription.unsubscribe();
    },
  });
  await announce(1, 2, 3, 4);
  expect(heard).toEqual([1, 2, [1, 2], [3, 4]]);
});

it('L5 the global settings of RxJS are unchanged', () => {
  announcer.events.subscribe(fail);
  announcer.announce(1);
  expect(config.useDeprecatedSynchronousErrorHandling).toBe(false);
});

it('L5 a part of the module that fails is logged, and hears events in turn with subscribers', async () => {
  const heard: string[] = [];
  announcer.listen((event) => heard.push(`first ${event}`));
  announcer.listen(fail);
  const subscription = announcer.events.subscribe((event) => {
    heard.push(`second ${event}`);
    if (event === 1) announcer.listen((later) => heard.push(`third ${later}`));
  });
  await announce(1, 2);
  subscription.unsubscribe();
  await announce(3);
  expect(heard).toEqual(['first 1', 'second 1', 'first 2', 'second 2', 'third 2', 'first 3', 'third 3']);
  expect(logged.texts).toEqual([FAILED]);
});
