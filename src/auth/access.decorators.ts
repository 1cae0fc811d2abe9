import { declare } from '../nest/handler-metadata.js';

export const ACCESS_PUBLIC = 'ws-security:public';
export const ACCESS_AUTHENTICATED = 'ws-security:authenticated';
export const ACCESS_ROLES = 'ws-security:roles';
export const ACCESS_SCOPES = 'ws-security:scopes';

/** An event, or all events of a gateway, that anonymous principals may send too. @publicApi */
export const WsPublic = () => declare(ACCESS_PUBLIC, true);

/** Any authenticated principal; what holds without a decorator, said aloud. @publicApi */
export const WsAuthenticated = () => declare(ACCESS_AUTHENTICATED, true);

/** Principals with at least one of these roles. @publicApi */
export const WsRoles = (...roles: string[]) => declare(ACCESS_ROLES, roles);

/** Principals with all of these scopes. @publicApi */
export const WsScopes = (...scopes: string[]) => declare(ACCESS_SCOPES, scopes);
