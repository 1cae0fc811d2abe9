import { Injectable } from '@nestjs/common';
import { HandshakeRefusal } from '../../errors/handshake.refusal.js';
import { shownList, shownText } from '../../observability/shown-text.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import type { Handshake } from '../handshake.js';
import { HandshakeStep } from '../handshake-step.js';

/** Refuses requests for other hosts, such as those of DNS rebinding. */
@Injectable()
export class HostStep extends HandshakeStep {
  private readonly allowed: ReadonlySet<string>;

  constructor(@InjectSecurityOptions() options: ResolvedOptions) {
    super();
    this.allowed = new Set(options.allowedHosts);
  }

  check({ host }: Handshake): void {
    if (this.allowed.size === 0 || this.allowed.has('*')) return;
    const name = host.toLowerCase();
    // An entry without a port matches any port.
    if (this.allowed.has(name) || this.allowed.has(name.replace(/:\d+$/, ''))) return;
    const details = { host: shownText(name), allowed: shownList([...this.allowed]) };
    throw new HandshakeRefusal('HOST_NOT_ALLOWED', {}, { details });
  }
}
