import { countOf } from '../stored-count.js';

/** A node, as its last beat shows it. */
export interface LiveNode {
  readonly id: string;
  /** Its last beat, milliseconds by the server's clock. */
  readonly beat: number;
  /** A digest of its rules. */
  readonly rules: string;
}

/** Where a stream stands. */
export interface StreamState {
  /** The id of the last entry; empty when there is none. */
  readonly lastId: string;
  /** How many entries all nodes have written. */
  readonly g: number;
  /** The number of the last entry that this node has written. */
  readonly n: number;
}

/** What a beat learns about tables and streams. */
export interface ControlState {
  /** The version of each table. */
  readonly tables: { readonly revoked: number; readonly banned: number; readonly rights: number };
  readonly control: StreamState;
  readonly bus: StreamState;
}

/** The answer to a beat. Times are of the server, in milliseconds. */
export interface BeatReply {
  readonly now: number;
  readonly outcome: 'ok' | 'same' | 'lost' | 'away' | 'rules';
  /** All nodes that beat in the last ten node TTLs, empty after `lost` and `away`; after `ok` this one included. */
  readonly nodes: readonly LiveNode[];
  /** Only on the partition of tables and streams. */
  readonly state?: ControlState;
}

type RawReply = readonly [now: number, outcome: BeatReply['outcome'], nodes?: string[], state?: string[]];

export function readBeatReply(reply: unknown): BeatReply {
  const [now, outcome, nodes = [], state] = reply as RawReply;
  const list = pairsOf(nodes).map(([id, value]) => {
    const colon = value.indexOf(':');
    return { id, beat: Number(value.slice(0, colon)), rules: value.slice(colon + 1) };
  });
  return { now, outcome, nodes: list, ...(state && { state: stateOf(state) }) };
}

function stateOf(values: readonly string[]): ControlState {
  const [revoked, banned, rights] = values.map(numberOf) as [number, number, number];
  const streamOf = (at: number): StreamState => ({
    lastId: values[at] as string,
    g: numberOf(values[at + 1] as string),
    n: numberOf(values[at + 2] as string),
  });
  return { tables: { revoked, banned, rights }, control: streamOf(3), bus: streamOf(6) };
}

/** What is no count counts as nothing. */
function numberOf(text: string): number {
  return countOf(text) ?? 0;
}

function pairsOf(list: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < list.length; i += 2) pairs.push([list[i] as string, list[i + 1] as string]);
  return pairs;
}
