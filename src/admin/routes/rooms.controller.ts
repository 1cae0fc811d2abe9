import { Controller, Get, Param, Query } from '@nestjs/common';
import { Reads } from '../access/route-access.decorator.js';
import type { RoomAnswer, RoomPage } from '../contract/rooms.interface.js';
import { PAGE_QUERY, ROOMS_QUERY } from '../http/inputs.js';
import { readInput } from '../http/read-input.js';
import { RoomSearch } from '../rooms/room-search.js';

/** The rooms and who is in them. */
@Controller()
export class RoomsController {
  constructor(private readonly search: RoomSearch) {}

  @Reads()
  @Get('rooms')
  list(@Query() query: unknown): Promise<RoomPage> {
    const { prefix = '', limit, cursor } = readInput(query, ROOMS_QUERY);
    return this.search.page(prefix, limit, cursor);
  }

  @Reads()
  @Get('rooms/:name')
  one(@Param('name') name: string, @Query() query: unknown): Promise<RoomAnswer> {
    const { limit, cursor } = readInput(query, PAGE_QUERY);
    return this.search.one(name, limit, cursor);
  }
}
