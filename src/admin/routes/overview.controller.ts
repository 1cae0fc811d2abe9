import { Controller, Get, Query } from '@nestjs/common';
import { Reads } from '../access/route-access.decorator.js';
import { ConfigReport } from '../config/config-report.js';
import type { ConfigAnswer } from '../contract/config.interface.js';
import type { Overview } from '../contract/overview.interface.js';
import type { RefusalsAnswer } from '../contract/refusals.interface.js';
import { EventFeed } from '../events/event-feed.js';
import { NO_QUERY, REFUSALS_QUERY } from '../http/inputs.js';
import { readInput } from '../http/read-input.js';
import { Overviews } from '../overview/overviews.js';
import { RefusalReports } from '../refusals/refusal-reports.js';

/** What holds for nodes as a whole. */
@Controller()
export class OverviewController {
  constructor(
    private readonly overviews: Overviews,
    private readonly feed: EventFeed,
    private readonly reports: RefusalReports,
    private readonly config: ConfigReport,
  ) {}

  @Reads()
  @Get('overview')
  overview(@Query() query: unknown): Promise<Overview> {
    readInput(query, NO_QUERY);
    return this.overviews.overview(this.feed.listeners);
  }

  @Reads()
  @Get('refusals')
  refusals(@Query() query: unknown): Promise<RefusalsAnswer> {
    return this.reports.report(readInput(query, REFUSALS_QUERY).window);
  }

  @Reads()
  @Get('config')
  settings(@Query() query: unknown): ConfigAnswer {
    readInput(query, NO_QUERY);
    return this.config.answer();
  }
}
