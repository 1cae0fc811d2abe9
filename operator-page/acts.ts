import type { Ban, Revocation } from 'nestjs-ws-security/admin';
import { shown } from './shown.js';

/** What an operator has to fill in besides the note. */
export type ActField = 'ban-end' | 'revocation-end' | 'code' | 'percent' | 'issuer';

/** Something that an operator can do. */
export interface Act {
  /** For example "Ban user alice". */
  readonly title: string;
  readonly button: string;
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly body: object;
  readonly fields: readonly ActField[];
  readonly help: string;
}

const name = (text: string): string => shown(text, 80);
const post = { method: 'POST', body: {}, fields: [], help: '' } as const;

/** @param issuer undefined if it is not known */
export function userActs(user: string, issuer: string | null | undefined): Act[] {
  const body = { user, ...(issuer !== undefined && { issuer }) };
  const ask: ActField[] = issuer === undefined ? ['issuer'] : [];
  return [
    {
      ...post,
      title: `Disconnect user ${name(user)}`,
      button: 'Disconnect user',
      path: '/users/disconnect',
      body,
      fields: ['code'],
      help: 'Closes the connections of the user. It does not keep the user out.',
    },
    {
      ...post,
      title: `Revoke the credentials of user ${name(user)}`,
      button: 'Revoke user',
      path: '/revocations',
      body,
      fields: [...ask, 'revocation-end'],
      help: 'Every credential that was issued until now is refused. A new sign-in works.',
    },
    {
      ...post,
      title: `Ban user ${name(user)}`,
      button: 'Ban user',
      path: '/bans',
      body,
      fields: [...ask, 'ban-end'],
      help: 'The user cannot connect until the end, with whatever credential.',
    },
  ];
}

export function addressActs(address: string): Act[] {
  return [
    {
      ...post,
      title: `Ban address ${name(address)}`,
      button: 'Ban address',
      path: '/bans',
      body: { address },
      fields: ['ban-end'],
      help: 'Nobody connects from this address until the end. Others may share it.',
    },
  ];
}

export function connectionActs(id: string, hasSession: boolean): Act[] {
  const disconnect: Act = {
    ...post,
    title: `Disconnect connection ${name(id)}`,
    button: 'Disconnect',
    path: `/connections/${encodeURIComponent(id)}/disconnect`,
    fields: ['code'],
    help: 'Closes this connection only.',
  };
  const revoke: Act = {
    ...post,
    title: `Revoke the session of connection ${name(id)}`,
    button: 'Revoke session',
    path: '/revocations',
    body: { connection: id },
    fields: ['revocation-end'],
    help: 'The credentials of this session are refused. Other sessions of the user go on.',
  };
  return hasSession ? [disconnect, revoke] : [disconnect];
}

export function drainAct(node: string, nodeName: string): Act {
  return {
    ...post,
    title: `Drain node ${name(nodeName)}`,
    button: 'Drain',
    path: '/drain',
    body: { node },
    fields: ['percent'],
    help: 'Clients reconnect after a random delay, to any node. The node goes on accepting connections.',
  };
}

export const liftBan = ({ id, user, address }: Ban): Act => ({
  title: `Lift the ban of ${name(user ?? address ?? '')}`,
  button: 'Lift ban',
  method: 'DELETE',
  path: `/bans/${encodeURIComponent(id)}`,
  body: {},
  fields: [],
  help: 'Connections are accepted again.',
});

export const liftRevocation = ({ id, kind, user, hash }: Revocation): Act => ({
  title: `Lift the revocation of ${kind} ${name(user ?? hash ?? '')}`,
  button: 'Lift revocation',
  method: 'DELETE',
  path: `/revocations/${encodeURIComponent(id)}`,
  body: {},
  fields: [],
  help: 'Credentials that have not expired are valid again.',
});
