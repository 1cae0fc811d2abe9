import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

interface KeyPair {
  cert: string;
  key: string;
}

const FOLDER = fileURLToPath(new URL('../../../.certs', import.meta.url));
const YEAR_MS = 365 * 86_400_000;

/**
 * A self-signed certificate for localhost. It is created at the first start and kept, so that browsers warn only once.
 */
export async function developmentCertificate(): Promise<KeyPair> {
  const files = { cert: join(FOLDER, 'cert.pem'), key: join(FOLDER, 'key.pem') };
  if (existsSync(files.cert) && existsSync(files.key)) {
    const pair = { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
    if (new Date(new X509Certificate(pair.cert).validTo).getTime() > Date.now()) return pair;
  }
  const pair = await create();
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  writeFileSync(files.cert, pair.cert);
  writeFileSync(files.key, pair.key, { mode: 0o600 });
  return pair;
}

async function create(): Promise<KeyPair> {
  // Most starts have one already, and need not load what makes it.
  const { generate } = await import('selfsigned');
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + YEAR_MS),
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { cert, key };
}
