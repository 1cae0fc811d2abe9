import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { WsConfigurationError } from '../errors/configuration.error.js';
import { CheckedQuestions } from './nodes/checked-questions.js';
import { MountedParts } from '../options/mounted-parts.js';
import { GuardDeadline } from './access/guard-deadline.js';
import { OperatorActs } from './acts/operator-acts.js';
import { adminProblems } from './admin-problems.js';
import { BanList } from './bans/ban-list.js';
import { ConfigReport } from './config/config-report.js';
import { ConnectionReport } from './connections/connection-report.js';
import { ConnectionSearch } from './connections/connection-search.js';
import { Disconnects } from './connections/disconnects.js';
import { Drains } from './drain/drains.js';
import { EventFeed } from './events/event-feed.js';
import { EventRing } from './events/event-ring.js';
import { FrameworkErrors } from './http/framework-errors.js';
import { LimitAddresses } from './http/limit-addresses.js';
import { Overviews } from './overview/overviews.js';
import { RefusalReports } from './refusals/refusal-reports.js';
import { RefusalTally } from './refusals/refusal-tally.js';
import { RevocationList } from './revocations/revocation-list.js';
import { SessionLookup } from './revocations/session-lookup.js';
import { RoomSearch } from './rooms/room-search.js';
import { placePage, placeRoutes } from './routes/place-routes.js';
import { ADMIN_SETTINGS, type AdminSettings, type WsAdminOptions } from './ws-admin-options.js';

const PROVIDERS: Provider[] = [
  GuardDeadline,
  FrameworkErrors,
  CheckedQuestions,
  LimitAddresses,
  OperatorActs,
  ConfigReport,
  RefusalTally,
  RefusalReports,
  Overviews,
  ConnectionReport,
  ConnectionSearch,
  Disconnects,
  RoomSearch,
  RevocationList,
  SessionLookup,
  BanList,
  Drains,
  EventRing,
  EventFeed,
];

/**
 * The operator's API: who is connected, on all nodes; disconnect, revoke, ban and drain. It needs `WsSecurityModule`.
 *
 * @publicApi
 */
@Module({})
export class WsAdminModule {
  /** The start fails without a guard. */
  static forRoot(options: WsAdminOptions): DynamicModule {
    const problems = adminProblems(options);
    const {
      path = '/ws-admin',
      guards,
      page = true,
      read = {},
      write = {},
      operator,
      imports = [],
      providers = [],
    } = options;
    const settings: AdminSettings = {
      path,
      read: 'scopes' in read || 'roles' in read ? read : { scopes: ['ws:read'] },
      write: 'scopes' in write || 'roles' in write ? write : { scopes: ['ws:write'] },
      operator: operator as AdminSettings['operator'],
    };
    return {
      module: this,
      imports: [...imports],
      providers: [
        ...providers,
        {
          provide: ADMIN_SETTINGS,
          inject: [MountedParts],
          useFactory: (parts: MountedParts): AdminSettings => {
            // While the application starts, as with all other settings.
            if (problems.length > 0) throw new WsConfigurationError(problems);
            parts.add('operator API');
            return settings;
          },
        },
        ...PROVIDERS,
      ],
      controllers:
        problems.length > 0 ? [] : [...placeRoutes(path, guards), ...(page ? [placePage(path)] : [])],
    };
  }
}
