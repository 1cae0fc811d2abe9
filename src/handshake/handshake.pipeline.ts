import { Inject, Injectable, type Type } from '@nestjs/common';
import type { Handshake } from './handshake.js';
import type { HandshakeStep } from './handshake-step.js';
import { BanStep } from './steps/ban.step.js';
import { ConnectGuardStep } from './steps/connect-guard.step.js';
import { ConnectRateStep } from './steps/connect-rate.step.js';
import { ConnectionCapStep } from './steps/connection-cap.step.js';
import { CredentialStep } from './steps/credential.step.js';
import { DrainingStep } from './steps/draining.step.js';
import { HostStep } from './steps/host.step.js';
import { OriginStep } from './steps/origin.step.js';
import { PathStep } from './steps/path.step.js';
import { RequestShapeStep } from './steps/request-shape.step.js';
import { RevocationStep } from './steps/revocation.step.js';
import { SubprotocolStep } from './steps/subprotocol.step.js';
import { TransportStep } from './steps/transport.step.js';
import { UserCapStep } from './steps/user-cap.step.js';
import { VerificationStep } from './steps/verification.step.js';

/** Steps that decide about a credential, from a handshake or from a message. */
const IDENTITY_STEPS: readonly Type<HandshakeStep>[] = [
  VerificationStep,
  BanStep,
  RevocationStep,
  ConnectGuardStep,
  UserCapStep,
];

/** The steps in order, cheapest first. A new step is one line here. */
export const HANDSHAKE_STEPS: readonly Type<HandshakeStep>[] = [
  DrainingStep,
  RequestShapeStep,
  PathStep,
  HostStep,
  TransportStep,
  BanStep,
  ConnectRateStep,
  ConnectionCapStep,
  OriginStep,
  CredentialStep,
  ...IDENTITY_STEPS,
  SubprotocolStep,
  // A shutdown may have started during verification.
  DrainingStep,
];

/** The instances of {@link HANDSHAKE_STEPS}, in their order. */
export const HANDSHAKE_STEP_INSTANCES = Symbol('HANDSHAKE_STEP_INSTANCES');

function isIdentityStep(step: HandshakeStep): boolean {
  return IDENTITY_STEPS.some((type) => step instanceof type);
}

/**
 * Runs the steps in order until one refuses. If no step is asynchronous, the decision is made when the method returns.
 */
@Injectable()
export class HandshakePipeline {
  constructor(@Inject(HANDSHAKE_STEP_INSTANCES) private readonly steps: readonly HandshakeStep[]) {}

  /** @throws HandshakeRefusal synchronously or in the promise */
  decide(handshake: Handshake): void | Promise<void> {
    return run(this.steps, handshake);
  }

  /**
   * Decides about the credential of a first message.
   *
   * @throws HandshakeRefusal synchronously or in the promise
   */
  identify(handshake: Handshake): void | Promise<void> {
    return run(this.steps.filter(isIdentityStep), handshake);
  }
}

function run(steps: readonly HandshakeStep[], handshake: Handshake, first = 0): void | Promise<void> {
  for (let at = first; at < steps.length; at++) {
    const pending = steps[at]?.check(handshake);
    if (pending !== undefined) return Promise.resolve(pending).then(() => run(steps, handshake, at + 1));
  }
  return undefined;
}
