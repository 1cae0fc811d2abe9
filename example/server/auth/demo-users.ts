export interface DemoUser {
  roles: string[];
  scope: string;
}

const CHATTER: DemoUser = { roles: ['user'], scope: 'chat:read chat:write' };

/** The people of the demonstration; a real service asks its identity provider. */
export const DEMO_USERS: ReadonlyMap<string, DemoUser> = new Map([
  ['alice', CHATTER],
  ['bob', CHATTER],
  ['root', { roles: ['admin'], scope: 'admin' }],
]);
