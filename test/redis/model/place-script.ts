import { PlaceOutcome } from '../../../src/redis/caps/place.script.js';

interface StoredPlaces {
  readonly fields: Map<string, { serial: number; count: number; written: number }>;
  expiresAt: number;
}

/** The nodes and places in Redis, and the script `place` once more in TypeScript, which the Lua is held against. */
export class PlaceScript {
  /** The last beats. */
  readonly nodes = new Map<string, number>();
  readonly scopes = new Map<string, StoredPlaces>();

  /** @param args as the script gets them, without node and time */
  run(now: number, node: string, keys: readonly string[], args: readonly (number | string)[]): number[] {
    const nodeTtl = args[0] as number;
    const isLive = (name: string): boolean => now - (this.nodes.get(name) ?? -Infinity) <= nodeTtl;
    return keys.flatMap((key, i) => {
      const [serial, count, limit] = args.slice(1 + 3 * i) as [number | '', number, number | ''];
      const places = this.read(now, key);
      const others = [...places.fields].filter(([name]) => name !== node && isLive(name));
      const taken = others.reduce((sum, [, field]) => sum + field.count, 0);
      if (serial === '') return [PlaceOutcome.DONE, taken];
      if ((places.fields.get(node)?.serial ?? 0) >= serial) return [PlaceOutcome.IGNORED, taken];
      if (limit !== '' && !isLive(node)) return [PlaceOutcome.UNKNOWN, taken];
      if (limit !== '' && taken + count > limit) return [PlaceOutcome.REFUSED, taken];
      for (const [name, { written }] of places.fields)
        if (limit !== '' && name !== node && !isLive(name) && now - written >= 90_000)
          places.fields.delete(name);
      places.fields.set(node, { serial, count, written: now });
      const isEmpty = [...places.fields.values()].every((field) => field.count === 0);
      places.expiresAt = now + (isEmpty ? 5000 : 90_000);
      this.scopes.set(key, places);
      return [PlaceOutcome.DONE, taken];
    });
  }

  private read(now: number, key: string): StoredPlaces {
    const places = this.scopes.get(key);
    return places && places.expiresAt > now ? places : { fields: new Map(), expiresAt: 0 };
  }
}
