import { Injectable, type OnModuleInit } from '@nestjs/common';
import { closeReasonOf } from '../../connection/close-reason.js';
import { ConnectionRegistry } from '../../connection/connection-registry.js';
import { NodeQuestions } from '../../nodes/node-questions.js';
import type { CloseCode } from '../../protocol/close-code.enum.js';
import { REACHED } from '../nodes/answer-shapes.js';
import { CheckedQuestions } from '../nodes/checked-questions.js';
import type { Answers, Reached } from '../nodes/nodes-answered.js';
import { type ConnectionFilter, connectionsIn } from './connection-filter.js';

const COUNT = 'admin.count';
const DISCONNECT = 'admin.disconnect';

/** No connection has this id. */
export const NOBODY: ConnectionFilter = { connection: '' };

interface Disconnect {
  readonly filter: ConnectionFilter;
  readonly code: CloseCode;
  readonly reason: string;
}

/** Closes connections on all nodes, or counts those that would be closed. */
@Injectable()
export class Disconnects implements OnModuleInit {
  constructor(
    private readonly questions: NodeQuestions,
    private readonly nodes: CheckedQuestions,
    private readonly registry: ConnectionRegistry,
  ) {}

  onModuleInit(): void {
    this.questions.serve(COUNT, (filter) => {
      return { reached: [...connectionsIn(this.registry, filter as ConnectionFilter)].length };
    });
    this.questions.serve(DISCONNECT, (body, before) => {
      return { reached: this.closeHere(body as Disconnect, before) };
    });
  }

  count(filter: ConnectionFilter): Promise<Answers<Reached>> {
    return this.nodes.ask(COUNT, filter, REACHED);
  }

  close(filter: ConnectionFilter, code: CloseCode, reason: string): Promise<Answers<Reached>> {
    return this.nodes.ask(DISCONNECT, { filter, code, reason: closeReasonOf(reason) }, REACHED);
  }

  /** A node that learns of it late leaves the connections that were accepted since. */
  private closeHere({ filter, code, reason }: Disconnect, before: number): number {
    // Closing changes what is searched.
    const connections = [...connectionsIn(this.registry, filter)].filter(
      ({ openedAt }) => openedAt <= before,
    );
    for (const connection of connections) connection.close(code, reason);
    return connections.length;
  }
}
