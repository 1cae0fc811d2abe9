import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** The length of a node id in bytes. */
export const NODE_ID_BYTES = 8;

/** The identity of this process among several nodes. It changes with each start. @publicApi */
@Injectable()
export class NodeIdentity {
  /** 8 random bytes, base64url. */
  readonly id: string = randomBytes(NODE_ID_BYTES).toString('base64url');
}
