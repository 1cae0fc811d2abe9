import {
  type CanActivate,
  Controller,
  type Type,
  UseFilters,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { AccessGuard } from '../access/access.guard.js';
import { DoorGuard } from '../access/door.guard.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { BansController } from './bans.controller.js';
import { ConnectionsController } from './connections.controller.js';
import { DrainController } from './drain.controller.js';
import { EventsController } from './events.controller.js';
import { OverviewController } from './overview.controller.js';
import { PageController } from './page.controller.js';
import { RevocationsController } from './revocations.controller.js';
import { RoomsController } from './rooms.controller.js';

const CONTROLLERS: readonly Type[] = [
  OverviewController,
  ConnectionsController,
  RoomsController,
  RevocationsController,
  BansController,
  DrainController,
  EventsController,
];

/** The controllers of the API at a path, behind guards. Each application has classes of its own. */
export function placeRoutes(path: string, guards: readonly Type<CanActivate>[]): Type[] {
  return CONTROLLERS.map((base) => {
    const placed = place(base, path);
    UseGuards(DoorGuard, ...guards, AccessGuard)(placed);
    return placed;
  });
}

/** The page at the path itself. A browser that opens it has no token yet. */
export function placePage(path: string): Type {
  return place(PageController, path);
}

function place(base: Type, path: string): Type {
  const { [base.name]: placed = base } = { [base.name]: class extends base {} };
  // Of a prefix with a version, operators would have to know which one.
  Controller({ path, version: VERSION_NEUTRAL })(placed);
  UseFilters(ProblemFilter)(placed);
  return placed;
}
