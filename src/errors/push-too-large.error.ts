/** A push is larger than nodes send to each other. It is a mistake of the sender, not an outage. */
export class PushTooLargeError extends RangeError {}
