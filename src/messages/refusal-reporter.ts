import { Injectable } from '@nestjs/common';
import type { Connection } from '../connection/connection.js';
import type { WsSecurityException } from '../errors/ws-security.exception.js';
import { connectionFields } from '../observability/identity-fields.js';
import { SecurityEvents } from '../observability/security-events.js';
import { shownText } from '../observability/shown-text.js';
import type { ErrorCode } from '../protocol/error-code.js';

/** A refused message, as security events describe it. */
export interface RefusedMessage {
  readonly code: ErrorCode;
  /** The event of the message, undefined if it could not be read. */
  readonly event?: string | undefined;
  /** What refused the message: the missing right, the throttler or the guard. */
  readonly rule?: string | undefined;
  /** The exception that says more. */
  readonly exception?: Pick<WsSecurityException, 'errors' | 'why'> | undefined;
}

/** The constraint of properties that a body may not have. Clients choose their names. */
const UNKNOWN_PROPERTY = 'unknown';

/** Reports the first refused message of a run. */
@Injectable()
export class RefusalReporter {
  constructor(private readonly events: SecurityEvents) {}

  report(connection: Connection, { code, event, rule, exception }: RefusedMessage): void {
    const who = connectionFields(connection);
    const what = { ...(event !== undefined && { event: shownText(event) }) };
    switch (code) {
      case 'FORBIDDEN':
      case 'UNAUTHENTICATED':
      case 'TOKEN_EXPIRED': {
        const { target } = exception?.why ?? {};
        const about = target === undefined ? {} : { target: shownText(target) };
        this.events.emit({ type: 'authorization.refused', code, ...who, ...what, rule, ...about });
        return;
      }
      case 'RATE_LIMITED':
        this.events.emit({
          type: 'throttle.exceeded',
          ...who,
          ...what,
          rule: rule ?? 'application',
          ...exception?.why,
        });
        return;
      case 'BAD_MESSAGE':
      case 'VALIDATION_FAILED':
        this.events.emit({ type: 'validation.refused', code, ...who, ...what, ...fieldsOf(exception) });
        return;
      default:
        return;
    }
  }
}

/** The paths of the declared properties that violate a rule. */
function fieldsOf(exception: RefusedMessage['exception']): { fields?: readonly string[] } {
  const declared = (exception?.errors ?? []).filter(({ constraint }) => constraint !== UNKNOWN_PROPERTY);
  return declared.length === 0 ? {} : { fields: [...new Set(declared.map(({ path }) => path))] };
}
