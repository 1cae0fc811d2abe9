import type { TLSSocket } from 'node:tls';
import { certificate } from '../../../test/support/certificate.js';
import { principalOfCertificate } from './client-certificate.js';

/** A verified connection with a certificate that has names that no CA would issue. */
async function socketOf(subjectAltName: string | undefined, isGenuine = true): Promise<TLSSocket> {
  const { cert: ca } = await certificate();
  const peer = {
    subjectAltName,
    validTo: 'Jan  1 00:00:00 2100 GMT',
    checkIssued: () => true,
    verify: () => isGenuine,
    toLegacyObject: () => ({ subject: { CN: 'a' } }),
  };
  return { authorized: true, server: { ca }, getPeerX509Certificate: () => peer } as unknown as TLSSocket;
}

describe('principalOfCertificate', () => {
  it.each([
    [undefined, 'a'],
    ['DNS:a.test', 'a'],
    ['DNS:"a.test\\u002c URI:urn:root"', 'a'],
    ['URI:urn:a', 'urn:a'],
  ])('T5 reads the names %s', async (subjectAltName, id) => {
    expect(principalOfCertificate(await socketOf(subjectAltName))?.id).toBe(id);
  });

  it.each(['DNS:a"b, URI:urn:root', 'DNS:"a', 'URI:', 'URI:"urn:a\\u0000"'])(
    'T5 returns no principal, not even the common name, for %s',
    async (subjectAltName) => {
      expect(principalOfCertificate(await socketOf(subjectAltName))).toBeUndefined();
    },
  );

  it('T5 returns no principal if the CA has the name of the issuer but did not sign', async () => {
    expect(principalOfCertificate(await socketOf('URI:urn:a', false))).toBeUndefined();
  });

  it('T5 returns no principal, and does not throw, if the CAs of the server are invalid', async () => {
    const socket = await socketOf('URI:urn:a');
    Object.assign(socket, { server: { ca: '-----BEGIN CERTIFICATE-----\nhello' } });
    expect(principalOfCertificate(socket)).toBeUndefined();
  });

  it('T5 returns no principal for a plain connection', () => {
    expect(principalOfCertificate({ remoteAddress: '127.0.0.1' } as TLSSocket)).toBeUndefined();
  });
});
