import { failedPart } from './failed-part.js';

/** An error with the stack of a guard that has thrown it. */
function thrown(error: Error): Error {
  error.stack = `${error.name}: ${error.message}\n    at TenantGuard.canActivate (/app/tenant.guard.js:3:11)`;
  return error;
}

it('L6 names the guard that threw, with advice if it may be code for HTTP', () => {
  expect(failedPart('echo', thrown(new Error('lost')), 'handler')).toBe(
    'A guard of "echo" failed: TenantGuard',
  );
  expect(failedPart('echo', thrown(new TypeError('lost')), 'handler')).toMatch(
    /TenantGuard; if it is written for HTTP/,
  );
});

it.each([
  ['no error', 'text'],
  ['an error without a stack', Object.assign(new Error('lost'), { stack: null })],
  ['an error with a message that is no text', Object.assign(new Error('lost'), { message: Symbol('lost') })],
  [
    'a proxy that throws when it is read',
    new Proxy(new Error('lost'), {
      get: () => {
        throw new Error('no');
      },
      getPrototypeOf: () => {
        throw new Error('no');
      },
    }),
  ],
  ['a message that looks like a stack', new Error('x\n    at Fake.canActivate (/x.js:1:1)')],
])('L5 never throws, whatever was thrown: %s', (_, error) => {
  expect(failedPart('echo', error, 'handler')).toBe('A handler of "echo" failed');
});
