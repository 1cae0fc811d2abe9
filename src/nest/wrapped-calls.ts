import { WsContextCreator } from '@nestjs/websockets/context/ws-context-creator.js';

/** Part of Nest's own `create()`, also in its compiled form. */
const OWN_CREATE = 'wsProxy.create(';

/**
 * Whether a tool, for example one that traces messages, has wrapped what Nest creates for each handler. Then only Nest
 * may call handlers, or the tool would miss them.
 */
export function areCallsWrapped(): boolean {
  // oxlint-disable-next-line typescript/unbound-method -- read, not called
  return !String(WsContextCreator.prototype.create).includes(OWN_CREATE);
}
