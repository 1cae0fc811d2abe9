import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { ConnectionRegistry } from '../../connection/connection-registry.js';
import { NodeQuestions } from '../../nodes/node-questions.js';
import { ConnectionSearch } from '../connections/connection-search.js';
import { Disconnects } from '../connections/disconnects.js';
import type { RoomAnswer, RoomPage, RoomSummary } from '../contract/rooms.interface.js';
import { COUNT, partShape } from '../nodes/answer-shapes.js';
import { CheckedQuestions } from '../nodes/checked-questions.js';
import { bodiesOf, nodesOf, sumOf } from '../nodes/nodes-answered.js';
import { merged, type Part, partOf } from '../nodes/part.js';
import { isListed } from './listed-rooms.js';

const LIST = 'admin.rooms';
const PAGE = partShape<RoomSummary>(z.object({ name: z.string(), members: COUNT }));

interface Search {
  readonly prefix: string;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Finds rooms on all nodes. */
@Injectable()
export class RoomSearch implements OnModuleInit {
  constructor(
    private readonly questions: NodeQuestions,
    private readonly nodes: CheckedQuestions,
    private readonly registry: ConnectionRegistry,
    private readonly connections: ConnectionSearch,
    private readonly disconnects: Disconnects,
  ) {}

  onModuleInit(): void {
    this.questions.serve(LIST, (body) => this.listHere(body as Search));
  }

  /** @param after the name of the last room of the page before */
  async page(prefix: string, limit: number, after: string | undefined): Promise<RoomPage> {
    const answers = await this.nodes.ask(
      LIST,
      { prefix, limit, ...(after !== undefined && { after }) },
      PAGE,
    );
    // A room may be on several nodes.
    const known = merged(bodiesOf(answers), Infinity, byName);
    const sums = new Map<string, number>();
    for (const { name, members } of known.items) sums.set(name, (sums.get(name) ?? 0) + members);
    const rooms = [...sums].map(([name, members]) => ({ name, members }));
    const page = rooms.slice(0, limit);
    const more = known.more || rooms.length > limit;
    return { nodes: nodesOf(answers), rooms: page, cursor: more ? (page.at(-1)?.name ?? null) : null };
  }

  async one(name: string, limit: number, cursor: string | undefined): Promise<RoomAnswer> {
    const [members, page] = await Promise.all([
      this.disconnects.count({ room: name }),
      this.connections.page({ room: name }, limit, cursor),
    ]);
    return { ...page, name, members: sumOf(members) };
  }

  private listHere({ prefix, after, limit }: Search): Part<RoomSummary> {
    let first: string[] = [];
    for (const name of this.registry.roomNames()) {
      if (!isListed(name) || !name.startsWith(prefix) || (after !== undefined && name <= after)) continue;
      first.push(name);
      if (first.length >= 4 * (limit + 1)) first = first.toSorted(byText).slice(0, limit + 1);
    }
    const rooms = first
      .toSorted(byText)
      .slice(0, limit + 1)
      .map((name) => ({ name, members: this.registry.membersOf(name).size }));
    return partOf(rooms, limit);
  }
}

function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function byName(one: RoomSummary, other: RoomSummary): number {
  return byText(one.name, other.name);
}
