import type { Provider } from '@nestjs/common';
import { ConnectionLifecycleService } from './connection-lifecycle.service.js';
import { ConnectionRegistry } from './connection-registry.js';
import { DrainService } from './drain.service.js';
import { ExpiryService } from './expiry.service.js';
import { HeartbeatService } from './heartbeat.service.js';
import { HookTracker } from './hook-tracker.js';
import { IdleService } from './idle.service.js';
import { PushDelivery } from './pushes/push-delivery.js';
import { PushPublisher } from './pushes/push-publisher.js';
import { AwaySessions } from './resume/away-sessions.js';
import { ResumableSessions } from './resume/resumable-sessions.js';
import { ResumeMemory } from './resume/resume-memory.js';
import { ResumeService } from './resume/resume.service.js';
import { SessionMoves } from './resume/session-moves.js';
import { RoomPolicy } from './rooms/room-policy.js';
import { Rooms } from './rooms/rooms.js';
import { SignalReceiver } from './signal-receiver.js';

/** Open connections: registry, timers, rooms, sessions and drain. */
export const CONNECTION_PROVIDERS: Provider[] = [
  RoomPolicy,
  Rooms,
  AwaySessions,
  ResumeMemory,
  ResumableSessions,
  SessionMoves,
  ResumeService,
  PushPublisher,
  ConnectionRegistry,
  PushDelivery,
  ConnectionLifecycleService,
  HeartbeatService,
  ExpiryService,
  IdleService,
  HookTracker,
  SignalReceiver,
  DrainService,
];
