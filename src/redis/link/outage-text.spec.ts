import { DeadlineExceededError } from '../../time/deadline.js';
import { outageText } from './outage-text.js';

const withCode = (message: string, more: object): Error => Object.assign(new Error(message), more);

describe('outageText', () => {
  it.each([
    [
      withCode('canary', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
      /^the connection cannot be .*\(SELF_SIGNED_CERT_IN_CHAIN\)$/,
    ],
    [withCode('canary', { code: 'ENOENT', syscall: 'open', path: 'canary' }), /WS_REDIS_TLS_\* \(ENOENT\)$/],
    [
      withCode('connect canary', { code: 'ECONNREFUSED', syscall: 'connect' }),
      /^there is no connection.*\(ECONNREFUSED\)$/,
    ],
    [new Error('WRONGPASS invalid username-password pair'), /^the user or password .*\(WRONGPASS\)$/],
    [new DeadlineExceededError('canary'), /^it does not answer in time[^()]*$/],
    [withCode('canary', { code: 'canary canary' }), /^there is no connection[^()]*$/],
    [undefined, /^there is no connection[^()]*$/],
  ])('T7 names the cause of %s and nothing else', (error, text) => {
    expect(outageText(error)).toMatch(text);
    expect(outageText(error)).not.toContain('canary');
  });
});
