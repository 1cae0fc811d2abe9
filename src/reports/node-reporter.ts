import { Injectable } from '@nestjs/common';
import { ConnectionLifecycleService } from '../connection/connection-lifecycle.service.js';
import { SecuredGateways } from '../gateway/secured-gateways.js';
import { SecurityEvents } from '../observability/security-events.js';
import { ownVersion } from '../options/optional-package.cjs';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { settingsFingerprint } from '../options/settings-fingerprint.js';

/** Reports that a node has started, and what it runs with. */
@Injectable()
export class NodeReporter {
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly gateways: SecuredGateways,
    private readonly events: SecurityEvents,
    lifecycle: ConnectionLifecycleService,
  ) {
    lifecycle.listen((event) => {
      if (event.type === 'listening') this.started();
    });
  }

  private started(): void {
    this.events.emit({
      type: 'node.started',
      version: ownVersion(),
      settings: settingsFingerprint(this.options),
      unvalidated: this.gateways.unvalidated,
    });
  }
}
