/** (until, id, amount) */
type StoredGrant = [ends: number, id: string, amount: number];

/** What a node spent of a grant: amounts, and when last. */
type Report = readonly (readonly [amount: number, last: number])[];

interface StoredWindow {
  readonly grants: readonly StoredGrant[];
  readonly expiresAt: number;
}

/** The windows in Redis, and the script `grant` once more in TypeScript, which the Lua is held against. */
export class GrantScript {
  readonly windows = new Map<string, StoredWindow>();

  /** @param args as the script gets them, without node and time */
  run(now: number, node: string, keys: readonly string[], args: readonly number[]): number[] {
    const rest = args.slice(1);
    const take = (): number => rest.shift() as number;
    const id = `${node}:${args[0]}`;
    return keys.flatMap((key) => {
      const [limit, ttl, want, need] = [take(), take(), take(), take()];
      const reports = new Map<string, Report>();
      for (let ended = take(); ended > 0; ended--) {
        const call = take();
        const parts = Array.from({ length: take() }, () => [take(), take()] as const);
        reports.set(`${node}:${call}`, parts);
      }
      return this.lend(now, key, id, limit, ttl, want, need, reports);
    });
  }

  private lend(
    now: number,
    key: string,
    id: string,
    limit: number,
    ttl: number,
    want: number,
    need: number,
    reports: ReadonlyMap<string, Report>,
  ): [number, number] {
    const life = Math.floor(ttl / 40);
    const latest = now + 1 + 10 * life;
    const grants: StoredGrant[] = [];
    let free = limit;
    const keep = (ends: number, of: string, amount: number): void => {
      if (ends + ttl <= now) return;
      grants.push([Math.min(ends, latest), of, amount]);
      free -= amount;
    };
    for (const [ends, of, amount] of this.read(now, key)) {
      const report = reports.get(of);
      if (!report) keep(ends, of, amount);
      else for (const [spent, last] of report) keep(Math.min(ends, last), '', spent);
    }
    grants.sort(byEnd);
    const quantum = Math.max(1, Math.floor(limit / 40));
    let answer: [number, number] = [0, 0];
    if (want > 0 && free >= Math.max(need, Math.min(quantum, want))) {
      const lent = Math.min(want, free, Math.max(need, quantum, Math.ceil(free / 2)));
      const share = Math.min(1, Math.max(0, ((free - lent) / limit - 0.05) / 0.1));
      const lives = Math.max(life, Math.floor(10 * life * share));
      grants.push([now + 1 + lives, id, lent]);
      answer = [lent, lives];
    } else if (want > 0) {
      answer = [0, waitFor(grants, Math.max(need, quantum) - free, ttl, now)];
    }
    if (grants.length === 0) this.windows.delete(key);
    else this.windows.set(key, { grants, expiresAt: now + ttl + 10 * life + 1 });
    return answer;
  }

  private read(now: number, key: string): readonly StoredGrant[] {
    const stored = this.windows.get(key);
    return stored && stored.expiresAt > now ? stored.grants : [];
  }
}

function byEnd([a, first, some]: StoredGrant, [b, second, other]: StoredGrant): number {
  if (a !== b) return a - b;
  if (first !== second) return first < second ? -1 : 1;
  return some - other;
}

function waitFor(grants: readonly StoredGrant[], lacking: number, ttl: number, now: number): number {
  let freed = 0;
  let wait = ttl;
  for (const [ends, , amount] of grants) {
    freed += amount;
    wait = ends + ttl - now;
    if (freed >= lacking) break;
  }
  return wait;
}
