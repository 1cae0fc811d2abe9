import { isBearerEntry, isResumeEntry, WS_SECURITY_PROTOCOL } from '../protocol/subprotocol.js';
import type { ResumeOffer } from '../connection/resume/resume.service.js';
import type { UpgradeRequest } from './upgrade-request.js';
import type { Handshake } from './handshake.js';

/** Chooses one of the offered subprotocols (RFC 6455 §4.2.2), never an entry that contains a secret. */
export function chooseSubprotocol({ request, endpoint }: Handshake): string | undefined {
  const entries = request.entries('sec-websocket-protocol');
  if (entries.length === 0) return undefined;
  const offered = entries.filter((entry) => !isBearerEntry(entry) && !isResumeEntry(entry));
  // Unsecured gateways do not speak the module's own protocol.
  if (endpoint?.policy.isUnsecured === true) return offered.find((entry) => entry !== WS_SECURITY_PROTOCOL);
  const preferred = endpoint?.policy.protocols ?? offered;
  return [WS_SECURITY_PROTOCOL, ...preferred].find((protocol) => offered.includes(protocol));
}

const RESUME_ENTRY = /^resume\.([\w-]{43})\.(\d{1,15})$/;

/** The session that a client wants to resume; undefined if there is no valid entry or more than one. */
export function resumeOfferOf(request: UpgradeRequest): ResumeOffer | undefined {
  const entries = request.entries('sec-websocket-protocol').filter(isResumeEntry);
  const [, token, lastSeq] = RESUME_ENTRY.exec(entries[0] ?? '') ?? [];
  if (entries.length !== 1 || token === undefined) return undefined;
  return { token, lastSeq: Number(lastSeq) };
}
