const MAX_LENGTH = 128;

/** Whether a value is a valid `event` of a frame. */
export function isEventName(event: unknown): event is string {
  return typeof event === 'string' && event !== '' && event.length <= MAX_LENGTH;
}
