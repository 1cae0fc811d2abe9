import type { Duplex } from 'node:stream';
import type { Credential } from '../auth/credential.js';
import type { CredentialExtractor } from './credential-extractor.js';
import { connectionAuth, type ConnectionAuth } from '../connection/connection-auth.js';
import { ANONYMOUS, limitKeyOf, type Principal } from '../connection/principal.js';
import { NO_PROOF, type SenderProof } from '../connection/sender-proof.js';
import type { UpgradeRequest } from './upgrade-request.js';
import type { ClientOrigin } from './client/client-address.js';

/** Requirements of the gateways on one path for a handshake. @publicApi */
export interface EndpointPolicy {
  /** Whether a client without a credential is let in as an anonymous principal. */
  readonly isPublic: boolean;
  /** Whether the gateways are unsecured: their clients are anonymous, and credentials are left to the application. */
  readonly isUnsecured: boolean;
  /** Application subprotocols in the server's order of preference; undefined leaves the choice to the client. */
  readonly protocols: readonly string[] | undefined;
  /** Every `WsConnectGuard`, in the order in which they are called; undefined until the application has started. */
  readonly connectGuards:
    readonly { canConnect(handshake: Handshake): boolean | Promise<boolean> }[] | undefined;
}

/** A path with gateways, which takes accepted handshakes. @publicApi */
export interface Endpoint {
  readonly path: string;
  readonly policy: EndpointPolicy;
  /** @throws HandshakeRefusal before the response is sent */
  accept(handshake: Handshake, socket: Duplex, head: Buffer): void;
}

const NONE: readonly Credential[] = Object.freeze([]);

/**
 * One attempt to connect, with the results of the steps so far.
 *
 * @publicApi
 */
export class Handshake {
  /** The address of the client, in the form that limits use. */
  readonly address: string;
  /** Whether the client spoke TLS, to this process or to a trusted proxy. */
  readonly isSecure: boolean;
  /** The host the client asked for. */
  readonly host: string;
  /** The principal of the verified client certificate, if there is one. */
  certificate: Principal | undefined;
  /** Proof of the connection in addition to the credential. @internal */
  proof: SenderProof = NO_PROOF;
  credential: Credential | undefined;
  principal: Principal = ANONYMOUS;
  /** Whether the first message must bring a credential before anything else is handled. */
  awaitsLogin = false;
  /** The subprotocol that the server chose. */
  protocol: string | undefined;
  private readonly releases: (() => void)[] = [];
  private offered: readonly Credential[] | undefined;
  private key: string | undefined;
  /** The principal that `key` is of. */
  private keyed: Principal | undefined;

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

  /** All credentials of the request: none, one, or too many. For unsecured gateways always none. */
  get credentials(): readonly Credential[] {
    if (this.isUnsecured) return NONE;
    return (this.offered ??= this.extractor.extract(this.request));
  }

  /** What the client authenticates with, verified or not; null if there is nothing. */
  get auth(): ConnectionAuth | null {
    if (this.credential) return connectionAuth(this.credential.source, this.credential.kind);
    return this.principal.kind === 'certificate' ? connectionAuth('certificate', 'certificate') : null;
  }

  /** The key that limits of its principal are counted under. @internal */
  get limitKey(): string {
    if (this.keyed !== this.principal) this.key = undefined;
    this.keyed = this.principal;
    return (this.key ??= limitKeyOf(this.principal, this.address));
  }

  /** Whether the gateways on this path are unsecured. */
  get isUnsecured(): boolean {
    return this.endpoint?.policy.isUnsecured === true;
  }

  /** A copy with another credential and principal, for connect guards that decide about a refresh. @internal */
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

  /**
   * Registers a function that releases something held for the connection. It is called when the connection ends, or
   * when the handshake is refused.
   */
  hold(release: () => void): void {
    this.releases.push(release);
  }

  /** Transfers everything that is held to the caller, which must call the returned functions to release it. */
  takeHeld(): readonly (() => void)[] {
    // A copy, because an array that has grown has room for more.
    const held = this.releases.slice();
    this.releases.length = 0;
    return held;
  }
}
