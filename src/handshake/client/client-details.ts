import type { ClientDetails } from '../../connection/connection-event.js';
import { shownText } from '../../observability/shown-text.js';
import type { UpgradeRequest } from '../upgrade-request.js';

/** W3C Trace Context §3.2, version 00 or a later one. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-[\da-f]{16}-[\da-f]{2}(?:-|$)/;

/** What a client says about itself, as events show it. */
export function clientDetailsOf(request: UpgradeRequest): ClientDetails {
  const origin = request.only('origin');
  const userAgent = request.only('user-agent');
  const traceparent = request.only('traceparent');
  return {
    origin: origin === undefined ? undefined : shownText(origin),
    userAgent: userAgent === undefined ? undefined : shownText(userAgent),
    traceId: traceparent === undefined ? undefined : TRACEPARENT.exec(traceparent)?.[1],
  };
}
