import type { SecurityEventField, SecurityEventFields, SecurityEventHead } from './security-event-fields.js';
import { SECURITY_EVENT_TABLE } from './security-event-table.js';

/** The type of a security event, for example `handshake.refused`. @publicApi */
export type SecurityEventType = keyof typeof SECURITY_EVENT_TABLE;

/** All types of security events. @publicApi */
export const SECURITY_EVENT_TYPES = Object.freeze(
  Object.keys(SECURITY_EVENT_TABLE),
) as readonly SecurityEventType[];

/** The fields that every event of a type has. @publicApi */
export type SecurityEventHas<T extends SecurityEventType> = (typeof SECURITY_EVENT_TABLE)[T]['has'][number];
/** The fields that an event of a type may have. @publicApi */
export type SecurityEventMay<T extends SecurityEventType> = Exclude<
  (typeof SECURITY_EVENT_TABLE)[T]['may'][number],
  SecurityEventHas<T>
>;
/** What an event of a type says, besides its head. @publicApi */
export type SecurityEventDetails<T extends SecurityEventType> = {
  readonly type: T;
} & Pick<SecurityEventFields, SecurityEventHas<T>> & {
    readonly [F in SecurityEventMay<T>]?: SecurityEventFields[F] | undefined;
  };

/**
 * An event of one type, as it is observed and written.
 *
 * @publicApi
 */
export type SecurityEventOf<T extends SecurityEventType> = SecurityEventHead & SecurityEventDetails<T>;

/**
 * An event for operators: one line in the log. It never contains a credential or a body.
 *
 * @publicApi
 */
export type SecurityEvent = { [T in SecurityEventType]: SecurityEventOf<T> }[SecurityEventType];

/**
 * What `SecurityEvents.emit()` needs to know of an event; the rest is filled in.
 *
 * @publicApi
 */
export type NewSecurityEvent = {
  [T in SecurityEventType]: SecurityEventDetails<T> & {
    /** If it is not that of the type. */
    readonly outcome?: SecurityEventHead['outcome'];
  };
}[SecurityEventType];

/** Any event, with all fields that the events of some type have. */
export type AnyFields = { readonly type: SecurityEventType } & {
  readonly [F in SecurityEventField]?: SecurityEventFields[F] | undefined;
};
