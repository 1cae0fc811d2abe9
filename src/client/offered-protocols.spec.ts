import { offeredProtocols } from './offered-protocols.js';

describe('offeredProtocols', () => {
  it('offers the protocol of the module first, then the application, then the credential', () => {
    expect(offeredProtocols(['chat.v2', 'chat.v1'], 'abc', null)).toEqual([
      'ws-security.v1',
      'chat.v2',
      'chat.v1',
      'bearer.abc',
    ]);
  });

  it.each([null, ''])('offers no credential for %j', (token) => {
    expect(offeredProtocols([], token, null)).toEqual(['ws-security.v1']);
  });

  it('offers no protocol twice', () => {
    expect(offeredProtocols(['ws-security.v1', 'chat', 'chat'], null, null)).toEqual([
      'ws-security.v1',
      'chat',
    ]);
  });

  it('offers the resume token of a session', () => {
    expect(offeredProtocols([], 'abc', { token: 'r', seq: 7 })).toEqual([
      'ws-security.v1',
      'bearer.abc',
      'resume.r.7',
    ]);
  });
});
