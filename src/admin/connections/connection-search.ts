import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { ConnectionRegistry } from '../../connection/connection-registry.js';
import { NodeQuestions } from '../../nodes/node-questions.js';
import type {
  ConnectionAnswer,
  ConnectionPage,
  ConnectionSummary,
} from '../contract/connections.interface.js';
import { OperatorError } from '../http/operator.error.js';
import { partShape } from '../nodes/answer-shapes.js';
import { CheckedQuestions } from '../nodes/checked-questions.js';
import { bodiesOf, nodesOf } from '../nodes/nodes-answered.js';
import { merged, type Part, partOf } from '../nodes/part.js';
import { type ConnectionFilter, connectionsIn } from './connection-filter.js';
import { CONNECTION_DETAIL, CONNECTION_SUMMARY } from './connection-shapes.js';
import { ConnectionReport } from './connection-report.js';
import { cursorOf, firstAfter, newestFirst, type Place, placeIn } from './newest-first.js';

const LIST = 'admin.connections';
const ONE = 'admin.connection';
const PAGE = partShape(CONNECTION_SUMMARY);
const FOUND = z.object({ connection: CONNECTION_DETAIL.nullable() });

interface Search {
  readonly filter: ConnectionFilter;
  readonly after?: Place | undefined;
  readonly limit: number;
}

/** Finds connections on all nodes. */
@Injectable()
export class ConnectionSearch implements OnModuleInit {
  constructor(
    private readonly questions: NodeQuestions,
    private readonly nodes: CheckedQuestions,
    private readonly registry: ConnectionRegistry,
    private readonly report: ConnectionReport,
  ) {}

  onModuleInit(): void {
    this.questions.serve(LIST, (body) => this.listHere(body as Search));
    this.questions.serve(ONE, async (body) => {
      const connection = this.registry.get((body as { id: string }).id);
      return { connection: connection ? await this.report.detail(connection) : null };
    });
  }

  /** @throws OperatorError if the cursor is wrong */
  async page(filter: ConnectionFilter, limit: number, cursor: string | undefined): Promise<ConnectionPage> {
    const after = cursor === undefined ? undefined : placeIn(cursor);
    if (cursor !== undefined && !after) throw new OperatorError('BAD_REQUEST', 'cursor: is none of a page');
    const answers = await this.nodes.ask(LIST, { filter, after, limit }, PAGE);
    const { items, more } = merged(bodiesOf(answers), limit, newestFirst);
    const last = items.at(-1);
    return { nodes: nodesOf(answers), connections: items, cursor: more && last ? cursorOf(last) : null };
  }

  /** @throws OperatorError if no node that answers has it */
  async one(id: string): Promise<ConnectionAnswer> {
    const answers = await this.nodes.ask(ONE, { id }, FOUND);
    const connection = bodiesOf(answers).find((body) => body.connection)?.connection;
    if (!connection) throw new OperatorError('NOT_FOUND', 'no node that answered has this connection');
    return { nodes: nodesOf(answers), connection };
  }

  private listHere({ filter, after, limit }: Search): Part<ConnectionSummary> {
    const found = firstAfter(connectionsIn(this.registry, filter), after, limit + 1);
    return partOf(
      found.map((connection) => this.report.summary(connection)),
      limit,
    );
  }
}
