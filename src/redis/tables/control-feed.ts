/** What tables need of the stream of changes. It is read before tables are loaded. */
export interface ControlFeed {
  /** `handler` hears the body of every entry of a kind. */
  on(kind: string, handler: (body: Buffer) => void): void;
  /** `listener` hears that entries were lost to this node. */
  onGap(listener: () => void): void;
}
