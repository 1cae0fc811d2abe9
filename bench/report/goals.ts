import type { Samples } from './samples.js';

export interface Goal {
  readonly what: string;
  readonly better: 'more' | 'less';
  readonly goal: number;
  /** The next goal after this one. */
  readonly next: number;
  /** undefined if the run did not measure it. */
  readonly value: number | undefined;
  readonly isMet: boolean | undefined;
}

const US = 'secured';
const WINDOW = '100 connections, window 8';
const IN_TURN = '100 connections, one message at a time';
const ALONE = '1 connection, window 8';

/** The module's goals compared to its peers. The numbers are for a full run on an idle machine. */
export function goalsOf(plain: Samples, tls: Samples): Goal[] {
  const rate = (samples: Samples, load: string, other = 'nest') =>
    samples.ratio('echo', load, [US, other], 'perSecond');
  const cpu = (load: string) => plain.ratio('echo', load, [US, 'ws'], 'cpuUs');
  return [
    goal('one at a time: messages/s ÷ bare Nest', 'more', 1.1, 1.25, rate(plain, IN_TURN)),
    goal('the same over TLS', 'more', 1.05, 1.2, rate(tls, IN_TURN)),
    goal('one at a time: CPU a message ÷ bare ws', 'less', 1.25, 1, cpu(IN_TURN)),
    goal('one connection, window 8: messages/s ÷ bare Nest', 'more', 1, 1.2, rate(plain, ALONE)),
    goal('window 8: messages/s ÷ bare Nest', 'more', 2.2, 3, rate(plain, WINDOW)),
    goal('window 8: CPU a message ÷ bare ws', 'less', 1.25, 1, cpu(WINDOW)),
    goal(
      'window 8: messages/s ÷ Nest recipe, limit per connection',
      'more',
      3.5,
      5,
      rate(plain, WINDOW, 'recipe-connection'),
    ),
    goal('handshakes with new tokens: CPU ÷ bare Nest', 'less', 1.2, 1, newcomers(plain, 'cpuUs')),
    goal('the same: handshakes/s ÷ bare Nest', 'more', 0.8, 1, newcomers(plain, 'perSecond')),
    goal('full TLS handshakes/s ÷ bare Nest', 'more', 0.95, 1, newcomers(tls, 'perSecond')),
    goal(
      'CPU of the dearest frame refused unread ÷ a message of bare ws',
      'less',
      0.25,
      0.1,
      dearestRefusal(plain),
    ),
    goal('memory per idle authenticated connection, KB', 'less', 6.5, 5.7, first(plain, 'memory', 'rssKb')),
    goal('broadcast: deliveries per CPU second ÷ loop of ws.send', 'more', 1.5, 3, broadcast(plain)),
    goal('clients that come back after a drain: s beyond the jitter', 'less', 2, 1, secondsBeyond(plain)),
    goal('the same over TLS, full TLS handshakes', 'less', 2, 1, secondsBeyond(tls)),
  ];
}

function goal(
  what: string,
  better: Goal['better'],
  target: number,
  next: number,
  value: number | undefined,
): Goal {
  const isMet = value === undefined ? undefined : better === 'more' ? value >= target : value <= target;
  return { what, better, goal: target, next, value, isMet };
}

/** The harder case: the server has not seen the token, and over TLS the client has no ticket. */
function newcomers(samples: Samples, metric: string): number | undefined {
  const [variant] = samples.variants('handshakes');
  return variant === undefined ? undefined : samples.ratio('handshakes', variant, [US, 'nest'], metric);
}

/** Of the frames whose body nobody has looked at. Rules are checked by class-validator, with every server. */
function dearestRefusal(samples: Samples): number | undefined {
  const served = samples.median('echo', WINDOW, 'ws', 'cpuUs');
  const refused = samples
    .variants('refused')
    .filter((variant) => variant !== 'invalid body')
    .map((variant) => samples.median('refused', variant, US, 'refusedUs'))
    .filter((value) => value !== undefined);
  return served === undefined || refused.length === 0 ? undefined : Math.max(...refused) / served;
}

function secondsBeyond(samples: Samples): number | undefined {
  const ms = first(samples, 'reconnect', 'beyondMs');
  return ms === undefined ? undefined : ms / 1000;
}

function first(samples: Samples, scenario: string, metric: string): number | undefined {
  const [variant] = samples.variants(scenario);
  return variant === undefined ? undefined : samples.median(scenario, variant, US, metric);
}

function broadcast(samples: Samples): number | undefined {
  const [variant] = samples.variants('broadcast');
  return variant === undefined ? undefined : samples.ratio('broadcast', variant, [US, 'ws'], 'perCpuSecond');
}
