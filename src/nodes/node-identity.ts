import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** How many bytes name a node. */
export const NODE_ID_BYTES = 8;

/** Which of several nodes this process is: another one after each start. @publicApi */
@Injectable()
export class NodeIdentity {
  /** 8 random bytes, base64url. */
  readonly id: string = randomBytes(NODE_ID_BYTES).toString('base64url');
}
