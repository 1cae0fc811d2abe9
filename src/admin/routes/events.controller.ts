import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { operatorOf, type OperatorPrincipal } from '../access/operator-principal.js';
import { Reads } from '../access/route-access.decorator.js';
import { EventFeed } from '../events/event-feed.js';
import { EVENTS_QUERY } from '../http/inputs.js';
import { LimitAddresses } from '../http/limit-addresses.js';
import { OperatorError } from '../http/operator.error.js';
import { rawRequestOf, takeRawResponse } from '../http/raw-exchange.js';
import { readInput } from '../http/read-input.js';

const MOST_ID_LENGTH = 4096;

/** What happens, as it happens. */
@Controller()
export class EventsController {
  constructor(
    private readonly feed: EventFeed,
    private readonly addresses: LimitAddresses,
  ) {}

  @Reads()
  @Get('events')
  listen(@Query() query: unknown, @Req() request: object, @Res() response: object): void {
    const { lastEventId, ...filter } = readInput(query, EVENTS_QUERY);
    const { headers, method = '' } = rawRequestOf(request);
    // Express answers HEAD by the routes of GET, and this answer would never end.
    if (method !== 'GET') throw new OperatorError('NOT_FOUND');
    const principal = operatorOf(request) as OperatorPrincipal;
    this.feed.makeRoomFor(principal);
    const header = headers['last-event-id'];
    const last = typeof header === 'string' ? header.slice(0, MOST_ID_LENGTH) : lastEventId;
    this.feed.listen(takeRawResponse(response), principal, this.addresses.found(filter), last);
  }
}
