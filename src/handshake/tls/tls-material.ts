import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { WsConfigurationError, type ConfigurationProblem } from '../../errors/configuration.error.js';
import { OPTIONS, type ResolvedOptions } from '../../options/options.schema.js';
import { certificatesOf } from './pem.js';

export type TlsFiles = Pick<ResolvedOptions, 'tlsCertFile' | 'tlsKeyFile' | 'tlsCaFile'>;

/** A certificate and its key, as PEM. @publicApi */
export interface TlsMaterial {
  cert: string;
  key: string;
  ca?: string;
}

/**
 * Reads the TLS files and checks that a server can use them.
 *
 * @throws WsConfigurationError that names the wrong files, but never their contents
 */
export function readTlsMaterial({ tlsCertFile, tlsKeyFile, tlsCaFile }: TlsFiles): TlsMaterial {
  const problems: ConfigurationProblem[] = [];
  const certificate = attempt(problems, 'tlsCertFile', 'must name a PEM file with certificates', () =>
    chainOf(tlsCertFile),
  );
  const key = attempt(
    problems,
    'tlsKeyFile',
    'must name a PEM file with a private key without a passphrase',
    () => keyOf(tlsKeyFile),
  );
  const authorities =
    tlsCaFile === undefined
      ? undefined
      : attempt(problems, 'tlsCaFile', 'must name a PEM file with certificates', () => chainOf(tlsCaFile));
  if (certificate && key) {
    attempt(
      problems,
      'tlsKeyFile',
      `must be the key of the first certificate in ${OPTIONS.tlsCertFile.variable}`,
      () => mustMatch(certificate.first, key.object),
    );
  }
  if (!certificate || !key || problems.length > 0) throw new WsConfigurationError(problems);

  const material = { cert: certificate.pem, key: key.pem, ...(authorities && { ca: authorities.pem }) };
  attempt(
    problems,
    'tlsCertFile',
    'must be a certificate that TLS can use, for example RSA of 2048 bits',
    () => createSecureContext(material),
  );
  if (problems.length > 0) throw new WsConfigurationError(problems);
  return material;
}

/** Errors of OpenSSL are not shown: they say little, and the file may contain a key. */
function attempt<T>(
  problems: ConfigurationProblem[],
  option: keyof TlsFiles,
  message: string,
  run: () => T,
): T | undefined {
  try {
    return run();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    const unreadable = syscall !== undefined && `names a file that cannot be read (${code})`;
    problems.push({ name: OPTIONS[option].variable, message: unreadable || message });
    return undefined;
  }
}

function chainOf(file: string | undefined): { pem: string; first: X509Certificate } {
  const pem = read(file);
  const [first] = certificatesOf(pem);
  if (!first) throw new Error('no certificate');
  return { pem, first };
}

function keyOf(file: string | undefined): { pem: string; object: KeyObject } {
  const pem = read(file);
  return { pem, object: createPrivateKey(pem) };
}

function mustMatch(certificate: X509Certificate, key: KeyObject): void {
  if (!certificate.checkPrivateKey(key)) throw new Error('another key');
}

function read(file: string | undefined): string {
  if (file === undefined) throw new Error('not set');
  return readFileSync(file, 'utf8');
}
