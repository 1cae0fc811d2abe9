import type { CanActivate, ModuleMetadata, Provider, Type } from '@nestjs/common';
import type { OperatorPrincipal, OperatorRights } from './access/operator-principal.js';

/** The argument of `WsAdminModule.forRoot()`. @publicApi */
export interface WsAdminOptions {
  /** Where the API is. A global prefix of the application comes before it. Default: `/ws-admin`. */
  readonly path?: string;
  /** Whether the page for operators is served at the path. It contains no data, and no guard protects it. Default: true. */
  readonly page?: boolean;
  /** Guards of every route of the API, such as `BearerOperatorGuard`. At least one is required. */
  readonly guards: readonly Type<CanActivate>[];
  /** Who may read: one of these rights suffices. Default: the scope `ws:read`. */
  readonly read?: OperatorRights;
  /** Who may write: one of these rights suffices. Default: the scope `ws:write`. */
  readonly write?: OperatorRights;
  /** Finds the operator in a request that guards let in which are no `OperatorGuard`, for example in `request.user`. */
  readonly operator?: (request: never) => OperatorPrincipal | undefined;
  /** Modules whose exports the guards need. */
  readonly imports?: ModuleMetadata['imports'];
  /** Providers that the guards need. */
  readonly providers?: Provider[];
}

/** The settings of the API in force. */
export interface AdminSettings {
  readonly path: string;
  readonly read: OperatorRights;
  readonly write: OperatorRights;
  readonly operator: ((request: object) => OperatorPrincipal | undefined) | undefined;
}

export const ADMIN_SETTINGS = Symbol('ADMIN_SETTINGS');
