export { WsAdminModule } from './ws-admin.module.js';
export { BearerOperatorGuard } from './access/bearer-operator.guard.js';
export { OperatorGuard } from './access/operator.guard.js';
export { setOperator } from './access/operator-principal.js';
export { OperatorError } from './http/operator.error.js';

export type { WsAdminOptions } from './ws-admin-options.js';
export type { OperatorPrincipal, OperatorRights } from './access/operator-principal.js';
export type { Ban, BanPage, BanQuery, BanRequest, BanTarget } from './contract/bans.interface.js';
export type { ConfigAnswer, ConfigEntry } from './contract/config.interface.js';
export type {
  BudgetLeft,
  ConnectionAnswer,
  ConnectionDetail,
  ConnectionPage,
  ConnectionQuery,
  ConnectionSummary,
} from './contract/connections.interface.js';
export type { EventsGap, EventsNodes, EventsReady, OperatorEvent } from './contract/events.interface.js';
export type { NodesAnswered } from './contract/nodes-answered.interface.js';
export type { NodeSummary, Overview } from './contract/overview.interface.js';
export type { OperatorErrorCode, OperatorProblem } from './contract/problem.interface.js';
export type { RefusalCount, RefusalsAnswer, TopEntry } from './contract/refusals.interface.js';
export type {
  Revocation,
  RevocationPage,
  RevocationQuery,
  RevocationRequest,
  RevocationTarget,
} from './contract/revocations.interface.js';
export type { RoomAnswer, RoomPage, RoomQuery, RoomSummary } from './contract/rooms.interface.js';
export type {
  DisconnectCode,
  DisconnectRequest,
  DisconnectUserRequest,
  DrainRequest,
  NotedRequest,
  WriteAnswer,
} from './contract/writes.interface.js';
