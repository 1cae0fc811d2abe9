import type { ClientSettings } from './client-settings.js';
import { offeredProtocols, type ResumePoint } from './offered-protocols.js';

/** What an attempt starts with. The credential is in one place only, and goes to the URL of the options only. */
export interface Attempt {
  url: string;
  protocols: string[];
  /** The token that the first frame carries. */
  login?: string | null | undefined;
}

export async function prepareAttempt(
  { url, protocols, ticket, token, tokenIn }: ClientSettings,
  reauthenticate: boolean,
  resume: ResumePoint | null,
): Promise<Attempt> {
  const source = ticket ?? token;
  const credential = typeof source === 'function' ? await source({ reauthenticate }) : source;
  const offer = (bearer?: string | null): string[] => offeredProtocols(protocols, bearer, resume);
  if (ticket && credential) {
    const target = new URL(url);
    target.searchParams.set('ticket', credential);
    return { url: target.href, protocols: offer() };
  }
  return tokenIn === 'message' ? { url, protocols: offer(), login: credential } : { url, protocols: offer(credential) };
}
