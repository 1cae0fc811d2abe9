export interface DemoUser {
  roles: string[];
  scope: string;
}

const CHATTER: DemoUser = { roles: ['user'], scope: 'chat:read chat:write' };

/** The users of the demonstration. A real service uses an identity provider. */
export const DEMO_USERS: ReadonlyMap<string, DemoUser> = new Map([
  ['alice', CHATTER],
  ['bob', CHATTER],
  ['root', { roles: ['admin'], scope: 'admin' }],
]);
