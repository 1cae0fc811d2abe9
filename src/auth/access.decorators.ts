import { declare } from '../nest/handler-metadata.js';

export const ACCESS_PUBLIC = 'ws-security:public';
export const ACCESS_AUTHENTICATED = 'ws-security:authenticated';
export const ACCESS_ROLES = 'ws-security:roles';
export const ACCESS_SCOPES = 'ws-security:scopes';

/** Allows anonymous principals to send an event, or all events of a gateway. @publicApi */
export const WsPublic = () => declare(ACCESS_PUBLIC, true);

/** Allows any authenticated principal, which is also the default without a decorator. @publicApi */
export const WsAuthenticated = () => declare(ACCESS_AUTHENTICATED, true);

/** Requires at least one of these roles. @publicApi */
export const WsRoles = (...roles: string[]) => declare(ACCESS_ROLES, roles);

/** Requires all of these scopes. @publicApi */
export const WsScopes = (...scopes: string[]) => declare(ACCESS_SCOPES, scopes);
