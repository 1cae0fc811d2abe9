/** The name of an event as that of a type: `ChatSend` for `chat.send`. */
export function nameOfEvent(event: string): string {
  return event
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
}
