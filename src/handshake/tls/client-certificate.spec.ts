import type { TLSSocket } from 'node:tls';
import { certificate } from '../../../test/support/certificate.js';
import { principalOfCertificate } from './client-certificate.js';

/** A verified connection whose certificate has names that a CA would not issue. */
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
    'T5 is undefined, and does not use the common name, for %s',
    async (subjectAltName) => {
      expect(principalOfCertificate(await socketOf(subjectAltName))).toBeUndefined();
    },
  );

  it('T5 is undefined when the CA has the issuer’s name and did not sign', async () => {
    expect(principalOfCertificate(await socketOf('URI:urn:a', false))).toBeUndefined();
  });

  it('T5 is undefined, and does not throw, when the server’s list of CAs is broken', async () => {
    const socket = await socketOf('URI:urn:a');
    Object.assign(socket, { server: { ca: '-----BEGIN CERTIFICATE-----\nhello' } });
    expect(principalOfCertificate(socket)).toBeUndefined();
  });

  it('T5 is undefined for a plain connection', () => {
    expect(principalOfCertificate({ remoteAddress: '127.0.0.1' } as TLSSocket)).toBeUndefined();
  });
});
