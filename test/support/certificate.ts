import { generate } from 'selfsigned';

interface Certificate {
  cert: string;
  key: string;
}

let generated: Promise<Certificate> | undefined;

/** A self-signed certificate for the loopback, always the same one. */
export function certificate(): Promise<Certificate> {
  return (generated ??= generateOne());
}

async function generateOne(): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
  });
  return { cert, key };
}
