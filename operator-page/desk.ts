import type { Overview } from 'nestjs-ws-security/admin';
import type { Act } from './acts.js';
import type { Api } from './api.js';

/** Whom a card is about. */
export interface Subject {
  readonly connection?: string | undefined;
  readonly user?: string | null | undefined;
  /** Undefined if it is not known. */
  readonly issuer?: string | null | undefined;
  readonly address?: string | undefined;
}

/** What the views have in common. */
export interface Desk {
  readonly api: Api;
  openCard(subject: Subject): void;
  /** Asks for a note, says what it reaches, and does it. */
  act(act: Act): void;
  /** The name of a node. */
  nodeName(id: string): string;
  /** Shows what is known of all nodes. */
  tell(overview: Overview): void;
}
