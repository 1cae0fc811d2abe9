const MAX_LENGTH = 128;

/** Whether something can be the `event` of a frame. */
export function isEventName(event: unknown): event is string {
  return typeof event === 'string' && event !== '' && event.length <= MAX_LENGTH;
}
