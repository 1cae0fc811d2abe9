import { CloseCode } from '../protocol/close-code.enum.js';

/** Formats a close code with number and name, for error messages. */
export function closeText({ code, reason = '' }: { code: number; reason?: string }): string {
  const name = Object.entries(CloseCode).find(([, known]) => known === code)?.[0];
  return [String(code), name && `(${name})`, reason && JSON.stringify(reason)].filter(Boolean).join(' ');
}
