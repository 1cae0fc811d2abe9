import { readFileSync } from 'node:fs';
import { stringOf } from './option-parsers.js';

const HINT =
  'must name a file with one token: visible ASCII characters, for example the output of `openssl rand -base64 32`';

/** The path of a file with a token. The file is read here, so that a wrong one stops the start. */
export function metricsTokenPath() {
  return stringOf(HINT).check((context) => {
    try {
      readMetricsToken(context.value);
    } catch (error) {
      const { code, syscall } = error as NodeJS.ErrnoException;
      const message = syscall === undefined ? HINT : `must name a file that can be read (${code})`;
      context.issues.push({ code: 'custom', message, input: undefined });
    }
  });
}

/** @throws Error if there is no token, which it does not show */
export function readMetricsToken(path: string): string {
  const token = readFileSync(path, 'utf8').trim();
  if (!/^[!-~]+$/.test(token)) throw new Error('no token');
  return token;
}
