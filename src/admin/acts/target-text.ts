import { shownSession } from '../../observability/identity-fields.js';

/** Whom an act is about, as events name it. */
export interface NamedTarget {
  readonly connection?: string | undefined;
  readonly user?: string | null | undefined;
  readonly issuer?: string | null | undefined;
  readonly address?: string | null | undefined;
  readonly session?: string | undefined;
  readonly token?: string | undefined;
}

/** For example `user alice of https://id.example.com`. A session or a token is shown by a part of its hash. */
export function targetText({ connection, user, issuer, address, session, token }: NamedTarget): string {
  if (connection !== undefined) return `connection ${connection}`;
  if (session !== undefined) return `session ${shownSession(session)}`;
  if (token !== undefined) return `token ${shownSession(token)}`;
  if (address !== undefined && address !== null) return `address ${address}`;
  return issuer === undefined || issuer === null ? `user ${user}` : `user ${user} of ${issuer}`;
}
