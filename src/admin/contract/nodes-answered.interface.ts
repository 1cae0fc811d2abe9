/** How many nodes an answer is about. @publicApi */
export interface NodesAnswered {
  /** The nodes that live, as far as this node knows, this one included. */
  readonly asked: number;
  /** Those that answered within 500 ms. If it is less than `asked`, the answer is incomplete. */
  readonly answered: number;
}
