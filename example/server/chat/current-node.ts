import { Injectable } from '@nestjs/common';
import { InjectSecurityOptions, NodeIdentity, type ResolvedOptions } from 'nestjs-ws-security';
import { nodeName } from '../service-config.js';

const SHORT_ID_LENGTH = 6;

/** What this process is called among the nodes of the service. */
@Injectable()
export class CurrentNode {
  /** `NODE_NAME`, or a random name if nodes share a Redis; null if this is the only one. */
  readonly name: string | null;

  constructor({ id }: NodeIdentity, @InjectSecurityOptions() { redisUrl }: ResolvedOptions) {
    const random = redisUrl === undefined ? null : id.slice(0, SHORT_ID_LENGTH);
    this.name = nodeName() ?? random;
  }
}
