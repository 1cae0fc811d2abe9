import { randomBytes } from 'node:crypto';

/** The length of a node id in bytes. */
export const NODE_ID_BYTES = 8;

/** The identity of this process among several nodes. It changes with each start. @publicApi */
export class NodeIdentity {
  /** 8 random bytes, base64url. What nodes share is kept under it, so two nodes never have the same one. */
  readonly id: string = randomBytes(NODE_ID_BYTES).toString('base64url');
  /** `WS_NODE_ID`, which events and metrics show; by default the `id`. */
  readonly name: string;
  /** `WS_SERVICE_NAME`, which events and metrics show. */
  readonly service: string;

  constructor(name?: string, service = 'unknown_service') {
    this.name = name ?? this.id;
    this.service = service;
  }
}
