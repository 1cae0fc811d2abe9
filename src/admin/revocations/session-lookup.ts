import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { ConnectionRegistry } from '../../connection/connection-registry.js';
import { NodeQuestions } from '../../nodes/node-questions.js';
import { OperatorError } from '../http/operator.error.js';
import { CheckedQuestions } from '../nodes/checked-questions.js';
import { bodiesOf } from '../nodes/nodes-answered.js';

const SESSION = 'admin.session';
const FOUND = z.object({ isHere: z.boolean(), session: z.string().nullable() });

/** Finds the session of a connection on any node. It is never shown. */
@Injectable()
export class SessionLookup implements OnModuleInit {
  constructor(
    private readonly questions: NodeQuestions,
    private readonly nodes: CheckedQuestions,
    private readonly registry: ConnectionRegistry,
  ) {}

  onModuleInit(): void {
    this.questions.serve(SESSION, (body) => {
      const connection = this.registry.get((body as { id: string }).id);
      return { isHere: connection !== undefined, session: connection?.principal.sessionId ?? null };
    });
  }

  /** @throws OperatorError if there is no such connection, or it has no session */
  async sessionOf(id: string): Promise<string> {
    const answers = await this.nodes.ask(SESSION, { id }, FOUND);
    const found = bodiesOf(answers).find(({ isHere }) => isHere);
    if (!found) throw new OperatorError('NOT_FOUND', 'no node that answered has this connection');
    if (found.session === null) throw new OperatorError('BAD_REQUEST', 'connection: has no session');
    return found.session;
  }
}
