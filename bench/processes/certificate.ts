import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The files of a certificate, in the variables that the module reads. Every server reads the same ones. */
export interface CertificateFiles extends Record<string, string> {
  readonly WS_TLS_CERT_FILE: string;
  readonly WS_TLS_KEY_FILE: string;
}

/**
 * Servers that have them resume the TLS sessions of each other: the keys of a session are hidden in the ticket that its
 * client has.
 */
export const TICKET_KEYS = { BENCH_TICKET_KEYS: randomBytes(48).toString('base64') };

let files: Promise<CertificateFiles> | undefined;

/** A self-signed certificate for P-256, the same for the whole run. Its files are removed at the end. */
export function certificateFiles(): Promise<CertificateFiles> {
  files ??= make();
  return files;
}

async function make(): Promise<CertificateFiles> {
  // It loads a hundred files, which a run without TLS does not need.
  const { generate } = await import('selfsigned');
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
  });
  const folder = mkdtempSync(join(tmpdir(), 'bench-tls-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const names = { WS_TLS_CERT_FILE: join(folder, 'cert.pem'), WS_TLS_KEY_FILE: join(folder, 'key.pem') };
  writeFileSync(names.WS_TLS_CERT_FILE, cert);
  writeFileSync(names.WS_TLS_KEY_FILE, key, { mode: 0o600 });
  return names;
}
