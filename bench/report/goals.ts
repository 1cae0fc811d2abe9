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

/** The module's goals compared to its peers. The numbers are for a full run on an idle machine. */
export function goalsOf(samples: Samples): Goal[] {
  const echo = (other: string, metric: string) => samples.ratio('echo', ECHO, [US, other], metric);
  return [
    goal('echo with everything on: messages/s ÷ bare Nest', 'more', 1, 1.3, echo('nest', 'perSecond')),
    goal('echo with everything on: CPU a message ÷ bare ws', 'less', 1.6, 1.25, echo('ws', 'cpuUs')),
    goal(
      'echo with everything on: messages/s ÷ Nest recipe, limit per connection',
      'more',
      3.5,
      5,
      echo('recipe-connection', 'perSecond'),
    ),
    goal('accepted handshakes/s ÷ bare Nest', 'more', 0.8, 1, newcomers(samples)),
    goal('CPU of the dearest refused frame ÷ a served one', 'less', 0.25, 0.1, dearestRefusal(samples)),
    goal('memory per idle authenticated connection, KB', 'less', 10, 7, idleMemory(samples)),
    goal('broadcast: deliveries per CPU second ÷ loop of ws.send', 'more', 1.5, 3, broadcast(samples)),
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

/** The harder case: the server has not seen the token. */
function newcomers(samples: Samples): number | undefined {
  const [variant] = samples.variants('handshakes');
  return variant === undefined ? undefined : samples.ratio('handshakes', variant, [US, 'nest'], 'perSecond');
}

function dearestRefusal(samples: Samples): number | undefined {
  const ratios = samples
    .variants('refused')
    .map((variant) => samples.median('refused', variant, US, 'toServed'))
    .filter((value) => value !== undefined);
  return ratios.length === 0 ? undefined : Math.max(...ratios);
}

function idleMemory(samples: Samples): number | undefined {
  const [variant] = samples.variants('memory');
  return variant === undefined ? undefined : samples.median('memory', variant, US, 'rssKb');
}

function broadcast(samples: Samples): number | undefined {
  const [variant] = samples.variants('broadcast');
  return variant === undefined ? undefined : samples.ratio('broadcast', variant, [US, 'ws'], 'perCpuSecond');
}
