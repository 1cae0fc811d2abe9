import type { IncomingMessage } from 'node:http';
import type { Handshake } from '../../handshake/handshake.js';
import { WsConnectGuard } from '../../handshake/ws-connect.guard.js';

interface ClientInfo {
  readonly origin: string | undefined;
  readonly secure: boolean;
  readonly req: IncomingMessage;
}

/** The option `verifyClient` of `ws`. With two parameters it answers through the second one. */
export type VerifyClient = (info: ClientInfo, answer?: (isVerified: unknown) => void) => unknown;

/** Asks the `verifyClient` of an unsecured gateway, as one of the decisions before `101`. */
export class VerifyClientGuard extends WsConnectGuard {
  constructor(private readonly verify: VerifyClient) {
    super();
  }

  override async canConnect({ request, isSecure }: Handshake): Promise<boolean> {
    const { verify } = this;
    const info: ClientInfo = { origin: request.only('origin'), secure: isSecure, req: request.raw };
    if (verify.length === 2) return new Promise((resolve) => verify(info, (is) => resolve(Boolean(is))));
    // `ws` would take the promise of an asynchronous function for consent.
    return Boolean(await verify(info));
  }
}
