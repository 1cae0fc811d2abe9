import type { Credential } from '../auth/credential.js';
import type { CredentialExtractor } from './credential-extractor.js';
import { ANONYMOUS, type Principal } from '../connection/principal.js';
import { NO_PROOF, type SenderProof } from '../connection/sender-proof.js';
import type { UpgradeRequest } from './upgrade-request.js';
import type { ClientOrigin } from './client/client-address.js';
import type { Endpoint } from './endpoint.interface.js';

/**
 * One attempt to connect, and what the steps have found out about it so far.
 *
 * @publicApi
 */
export class Handshake {
  /** The client's address as limits count it. */
  readonly address: string;
  /** Whether the client spoke TLS, to this process or to a trusted proxy. */
  readonly isSecure: boolean;
  /** The host the client asked for. */
  readonly host: string;
  /** Who the verified client certificate speaks of, if there is one. */
  certificate: Principal | undefined;
  /** What the connection proves beside the credential. @internal */
  proof: SenderProof = NO_PROOF;
  credential: Credential | undefined;
  principal: Principal = ANONYMOUS;
  /** Whether nobody is let do anything until the first message brought a credential. */
  awaitsLogin = false;
  /** The subprotocol the server chose. */
  protocol: string | undefined;
  private releases: (() => void)[] = [];
  private offered: readonly Credential[] | undefined;

  constructor(
    readonly request: UpgradeRequest,
    /** The gateways on this path; undefined when there are none. */
    readonly endpoint: Endpoint | undefined,
    client: ClientOrigin,
    private readonly extractor: CredentialExtractor,
  ) {
    this.address = client.address;
    this.isSecure = client.isSecure;
    this.host = client.host;
  }

  /** Every credential the request carries; there may be none, or too many. */
  get credentials(): readonly Credential[] {
    return (this.offered ??= this.extractor.extract(this.request));
  }

  /** The same request with another credential, as if it had come with that one. @internal */
  renewed(credential: Credential, principal: Principal): Handshake {
    const { address, isSecure, host } = this;
    const renewed = new Handshake(this.request, this.endpoint, { address, isSecure, host }, this.extractor);
    return Object.assign(renewed, {
      certificate: this.certificate,
      proof: this.proof,
      protocol: this.protocol,
      credential,
      principal,
    });
  }

  /** Keeps something for the connection: given back when it ends, or at once when the handshake is refused. */
  hold(release: () => void): void {
    this.releases.push(release);
  }

  /** Hands over what is held; who takes it has to give it back. */
  takeHeld(): () => void {
    const releases = this.releases;
    this.releases = [];
    return () => {
      for (const release of releases.splice(0)) release();
    };
  }
}
