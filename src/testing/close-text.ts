import { CloseCode } from '../protocol/close-code.enum.js';

/** A close code by number and name, as messages of errors show it. */
export function closeText({ code, reason = '' }: { code: number; reason?: string }): string {
  const name = Object.entries(CloseCode).find(([, known]) => known === code)?.[0];
  return [String(code), name && `(${name})`, reason && JSON.stringify(reason)].filter(Boolean).join(' ');
}
