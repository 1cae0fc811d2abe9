import { Controller, Header, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { PrincipalFactory, TicketService } from 'nestjs-ws-security';
import { JwtAuthGuard, type UserRequest } from './jwt-auth.guard.js';

/** Gives the user of an HTTP request a ticket, to connect with `?ticket=`. */
@Controller('ws')
export class TicketController {
  constructor(
    private readonly principals: PrincipalFactory,
    private readonly tickets: TicketService,
  ) {}

  @UseGuards(JwtAuthGuard)
  @Post('ticket')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async issue(@Req() { user = {} }: UserRequest): Promise<{ ticket: string }> {
    return { ticket: await this.tickets.issue(this.principals.fromClaims(user)) };
  }
}
