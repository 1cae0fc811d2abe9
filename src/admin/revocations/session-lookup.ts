import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ConnectionRegistry } from '../../connection/connection-registry.js';
import { NodeQuestions } from '../../nodes/node-questions.js';
import { OperatorError } from '../http/operator.error.js';
import { bodiesOf } from '../nodes-answered.js';

const SESSION = 'admin.session';

/** Finds the session of a connection on any node. It is never shown. */
@Injectable()
export class SessionLookup implements OnModuleInit {
  constructor(
    private readonly questions: NodeQuestions,
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
    const answers = await this.questions.ask(SESSION, { id });
    const found = bodiesOf<{ isHere: boolean; session: string | null }>(answers).find(({ isHere }) => isHere);
    if (!found) throw new OperatorError('NOT_FOUND', 'no node that answered has this connection');
    if (found.session === null) throw new OperatorError('BAD_REQUEST', 'connection: has no session');
    return found.session;
  }
}
