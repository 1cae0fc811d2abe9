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
const ECHO = '100 connections, window 8';
const IN_TURN = '100 connections, one message at a time';

/** The module's goals compared to its peers. The numbers are for a full run on an idle machine. */
export function goalsOf(plain: Samples, tls: Samples): Goal[] {
  const echo = (other: string, metric: string) => plain.ratio('echo', ECHO, [US, other], metric);
  const inTurn = (samples: Samples) => samples.ratio('echo', IN_TURN, [US, 'nest'], 'perSecond');
  return [
    goal('one message at a time: messages/s ÷ bare Nest', 'more', 1.1, 1.25, inTurn(plain)),
    goal('the same over TLS', 'more', 1.05, 1.2, inTurn(tls)),
    goal('window 8: messages/s ÷ bare Nest', 'more', 1, 1.3, echo('nest', 'perSecond')),
    goal('window 8: CPU a message ÷ bare ws', 'less', 1.6, 1.25, echo('ws', 'cpuUs')),
    goal(
      'window 8: messages/s ÷ Nest recipe, limit per connection',
      'more',
      3.5,
      5,
      echo('recipe-connection', 'perSecond'),
    ),
    goal('accepted handshakes/s ÷ bare Nest', 'more', 0.8, 1, newcomers(plain, [US, 'nest'], 'perSecond')),
    goal(
      'the same over TLS, full TLS handshakes',
      'more',
      0.95,
      1,
      newcomers(tls, [US, 'nest'], 'perSecond'),
    ),
    goal("bare Nest's CPU ÷ ours for these", 'more', 0.95, 1, newcomers(tls, ['nest', US], 'cpuUs')),
    goal('CPU of the dearest refused frame ÷ a served one', 'less', 0.25, 0.1, dearestRefusal(plain)),
    goal('memory per idle authenticated connection, KB', 'less', 10, 7, first(plain, 'memory', 'rssKb')),
    goal('broadcast: deliveries per CPU second ÷ loop of ws.send', 'more', 1.5, 3, broadcast(plain)),
    goal('5,000 clients after a drain: s beyond the jitter', 'less', 2, 1, secondsBeyond(plain)),
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
function newcomers(samples: Samples, pair: readonly [string, string], metric: string): number | undefined {
  const [variant] = samples.variants('handshakes');
  return variant === undefined ? undefined : samples.ratio('handshakes', variant, pair, metric);
}

function dearestRefusal(samples: Samples): number | undefined {
  const ratios = samples
    .variants('refused')
    .map((variant) => samples.median('refused', variant, US, 'toServed'))
    .filter((value) => value !== undefined);
  return ratios.length === 0 ? undefined : Math.max(...ratios);
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
