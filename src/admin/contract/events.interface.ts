/** The first event of `GET /events` (`event: ready`). @publicApi */
export interface EventsReady {
  /** The node that the stream comes from. */
  readonly node: string;
  /** The events that each node remembers. */
  readonly remembered: number;
}

/** `event: gap`: some events are not known any more. @publicApi */
export interface EventsGap {
  readonly node: string;
}

/** `event: nodes`: how many nodes the stream is about; sent when it changes. @publicApi */
export interface EventsNodes {
  readonly asked: number;
  readonly answered: number;
}

/** `event: event`: a security event with the fields of its log line, and the id of its node. @publicApi */
export interface OperatorEvent {
  readonly type: string;
  readonly time: string;
  readonly node: string;
  readonly [field: string]: unknown;
}
