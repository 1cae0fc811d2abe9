import { InvalidCredentialError } from './invalid-credential.error.js';

/** A ticket that was used already. The client gets the same answer as for every wrong credential. */
export class ReplayedTicketError extends InvalidCredentialError {
  constructor() {
    super('used ticket', { check: 'ticket', verifiers: [{ verifier: 'tickets', check: 'ticket' }] });
  }
}
