import type { ClientSettings } from './client-settings.js';
import { offeredProtocols, type ResumePoint } from './offered-protocols.js';

/** The URL and protocols of an attempt. The credential is in one of them only, and is sent to no other URL. */
export interface Attempt {
  url: string;
  protocols: string[];
  /** The token for the first frame. */
  login: string | null | undefined;
}

export async function prepareAttempt(
  { url, protocols, ticket, token, tokenIn }: ClientSettings,
  reauthenticate: boolean,
  resume: ResumePoint | null,
): Promise<Attempt> {
  const source = ticket ?? token;
  const credential = typeof source === 'function' ? await source({ reauthenticate }) : source;
  const target = new URL(url);
  let bearer: typeof credential;
  let login: typeof credential;
  if (ticket && credential) target.searchParams.set('ticket', credential);
  else if (tokenIn === 'message') login = credential;
  else bearer = credential;
  return { url: target.href, protocols: offeredProtocols(protocols, bearer, resume), login };
}
