import { type Partition, type RedisPort, RedisUnavailableError } from '../link/redis-port.js';
import { PLACE } from './place.script.js';
import type { PlaceFailure, PlaceRequest, ScopePlaces } from './scope-places.js';

/** Tells Redis about places. */
export interface PlaceCalls {
  /**
   * @param requests one for each scope
   * @param onAnswer receives for each scope the outcome and the places of other nodes
   */
  send(
    partition: Partition,
    scopes: readonly ScopePlaces[],
    requests: readonly PlaceRequest[],
    onAnswer: (reply: readonly number[]) => void,
    onFailed: (failure: PlaceFailure) => void,
  ): void;
}

/** The arguments of the script. */
export function placeArguments(requests: readonly PlaceRequest[], nodeTtlMs: number): (number | string)[] {
  return [nodeTtlMs, ...requests.flatMap(({ serial, count, limit }) => [serial ?? '', count, limit ?? ''])];
}

/** Calls the script. */
export class ScriptedPlaceCalls implements PlaceCalls {
  constructor(
    private readonly port: RedisPort,
    private readonly nodesKey: (partition: Partition) => string,
    private readonly nodeTtlMs: number,
  ) {}

  send(
    partition: Partition,
    scopes: readonly ScopePlaces[],
    requests: readonly PlaceRequest[],
    onAnswer: (reply: readonly number[]) => void,
    onFailed: (failure: PlaceFailure) => void,
  ): void {
    const keys = [this.nodesKey(partition), ...scopes.map(({ key }) => key)];
    this.port.run(PLACE, partition, keys, placeArguments(requests, this.nodeTtlMs)).then(
      (reply) => onAnswer((reply as number[]).slice(1)),
      (error: unknown) => onFailed(failureOf(error)),
    );
  }
}

function failureOf(error: unknown): PlaceFailure {
  if (!(error instanceof RedisUnavailableError)) return 'unknown';
  const { outcome, reason } = error;
  return outcome === 'unknown' && (reason === 'timeout' || reason === 'refused') ? 'unanswered' : outcome;
}
