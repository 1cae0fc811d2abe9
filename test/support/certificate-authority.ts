import { X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';

export interface Issued {
  cert: string;
  key: string;
  x509: X509Certificate;
}

type Extensions = NonNullable<NonNullable<Parameters<typeof generate>[1]>['extensions']>;
type AltNames = Extract<Extensions[number], { altNames: unknown }>['altNames'];

export interface LeafOptions {
  /** Common names; `localhost` when left out. */
  names?: string[];
  uris?: string[];
  dns?: string[];
  usage?: 'server' | 'client';
  expired?: boolean;
  /** For self-signed certificates only. */
  keyType?: 'ec' | 'rsa';
}

const DAY_MS = 86_400_000;

/** Issues certificates that only its own certificate verifies. */
export class CertificateAuthority {
  private constructor(private readonly own: Issued) {}

  static async create(name = 'Test CA'): Promise<CertificateAuthority> {
    return new CertificateAuthority(await make([name], AUTHORITY));
  }

  get cert(): string {
    return this.own.cert;
  }

  get key(): string {
    return this.own.key;
  }

  /** SHA-256 of its certificate, which identifies the issuer. */
  get fingerprint(): string {
    return this.own.x509.fingerprint256.replaceAll(':', '').toLowerCase();
  }

  /** Creates an intermediate authority. */
  async intermediate(name: string): Promise<CertificateAuthority> {
    return new CertificateAuthority(await make([name], AUTHORITY, this.own));
  }

  /** Creates an authority with the same key and another name. */
  async renamed(name: string): Promise<CertificateAuthority> {
    const publicKey = this.own.x509.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const keyPair = { privateKey: this.own.key, publicKey };
    return new CertificateAuthority(await make([name], AUTHORITY, undefined, { keyPair }));
  }

  issue(options: LeafOptions = {}): Promise<Issued> {
    return leaf(options, this.own);
  }
}

/** Issues a self-signed certificate. */
export function selfSigned(options: LeafOptions = {}): Promise<Issued> {
  return leaf(options);
}

const AUTHORITY: Extensions = [
  { name: 'basicConstraints', cA: true, critical: true },
  { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
];

function leaf(options: LeafOptions, issuer?: Issued): Promise<Issued> {
  const { names = ['localhost'], uris = [], dns = [], usage } = options;
  const altNames: AltNames = [
    ...dns.map((value) => ({ type: 2 as const, value })),
    ...uris.map((value) => ({ type: 6 as const, value })),
  ];
  const extensions: Extensions = [
    { name: 'keyUsage', digitalSignature: true, critical: true },
    { name: 'extKeyUsage', serverAuth: usage !== 'client', clientAuth: usage !== 'server' },
  ];
  if (altNames.length > 0) extensions.push({ name: 'subjectAltName', altNames });
  return make(names, extensions, issuer, options);
}

interface MakeOptions extends Pick<LeafOptions, 'keyType' | 'expired'> {
  keyPair?: { privateKey: string; publicKey: string };
}

async function make(
  names: string[],
  extensions: Extensions,
  issuer?: Issued,
  { expired = false, keyType = 'ec', keyPair }: MakeOptions = {},
): Promise<Issued> {
  // The values of a distinguished name are written as text (RFC 4514 §2.4).
  const attributes = names.map((name) => ({
    name: 'commonName',
    value: name.replaceAll(/[,+"\\<>;=]/g, '\\$&'),
  }));
  const { cert: pem, private: key } = await generate([...attributes, { name: 'O', value: 'Tests' }], {
    keyType,
    algorithm: 'sha256',
    extensions,
    notBeforeDate: new Date(Date.now() - 2 * DAY_MS),
    notAfterDate: new Date(Date.now() + (expired ? -1 : 1) * DAY_MS),
    ...(issuer && { ca: issuer }),
    ...(keyPair && { keyPair }),
  });
  // Ends with a newline, so that certificates can be concatenated.
  const cert = `${pem}\n`;
  return { cert, key, x509: new X509Certificate(cert) };
}
