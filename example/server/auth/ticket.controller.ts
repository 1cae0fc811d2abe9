import {
  Controller,
  Header,
  HttpCode,
  Post,
  Req,
  ServiceUnavailableException,
  UseGuards,
} from '@nestjs/common';
import {
  InjectSecurityOptions,
  type Principal,
  type ResolvedOptions,
  TicketService,
} from 'nestjs-ws-security';
import { type AuthenticatedRequest, BearerGuard } from './bearer.guard.js';

/** Issues tickets for clients that can only pass a URL. */
@Controller('auth')
export class TicketController {
  constructor(
    private readonly tickets: TicketService,
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
  ) {}

  @UseGuards(BearerGuard)
  @Post('ticket')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async issue(@Req() { principal }: AuthenticatedRequest): Promise<{ ticket: string; expiresIn: number }> {
    return { ticket: await this.ticketFor(principal), expiresIn: this.options.ticketTtlMs / 1000 };
  }

  /** @throws ServiceUnavailableException while Redis is away, which keeps the tickets of all nodes */
  private async ticketFor(principal: Principal): Promise<string> {
    try {
      return await this.tickets.issue(principal);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'RedisUnavailableError')) throw error;
      throw new ServiceUnavailableException(undefined, { cause: error });
    }
  }
}
