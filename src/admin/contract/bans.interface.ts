import type { NotedRequest } from './writes.interface.js';

/** The query of `GET /bans`. @publicApi */
export interface BanQuery {
  readonly user?: string;
  readonly address?: string;
  /** Entries of a page, 1 to 100. Default: 50. */
  readonly limit?: number;
  readonly cursor?: string;
}

/** One ban. @publicApi */
export interface Ban {
  /** For `DELETE /bans/:id`. */
  readonly id: string;
  readonly subject: 'principal' | 'address';
  readonly user: string | null;
  readonly issuer: string | null;
  readonly address: string | null;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** The answer of `GET /bans`. @publicApi */
export interface BanPage {
  readonly bans: readonly Ban[];
  readonly total: number;
  readonly cursor: string | null;
}

/** Who is banned. @publicApi */
export type BanTarget =
  | { readonly user: string; /** Null for users without an issuer. */ readonly issuer: string | null }
  /** Of any client, IPv6 by its prefix. Nobody connects from it, with whatever credential. */
  | { readonly address: string };

/** The body of `POST /bans`. @publicApi */
export type BanRequest = NotedRequest &
  BanTarget & {
    /** Epoch milliseconds, at most 365 days ahead. A longer ban that is in force stays. */
    readonly until: number;
  };
