export { CloseCode } from '../protocol/close-code.enum.js';
export { reconnectAdvice } from '../protocol/reconnect-advice.js';
export { WS_SECURITY_PROTOCOL } from '../protocol/subprotocol.js';
export { ConnectError } from './connect.error.js';
export { RequestError } from './request.error.js';
export { WsClient } from './ws-client.js';

export type {
  ErrorBody,
  ErrorFrame,
  FieldError,
  FrameId,
  GoodbyeBody,
  PushFrame,
  ReplyFrame,
  RequestFrame,
  SessionBody,
} from '../protocol/envelope.js';
export type { ErrorCode } from '../protocol/error-code.js';
export type { Jsonified, JsonValue } from '../protocol/jsonified.js';
export type { ReconnectAdvice } from '../protocol/reconnect-advice.js';
export type {
  BodyOf,
  IsStream,
  PushName,
  PushOf,
  ReplyOf,
  RequestName,
  RequestOf,
  WsEvents,
} from '../protocol/ws-events.js';
export type {
  BackoffOptions,
  MessageCheck,
  MessageChecks,
  TokenProvider,
  WsClientOptions,
} from './client-options.interface.js';
export type {
  ClientEvents,
  ClientState,
  ClientStatus,
  DroppedMessage,
  InvalidMessage,
  RefreshFailure,
  ResumeOutcome,
} from './client-state.js';
export type {
  HeardData,
  HeardName,
  IfTyped,
  RequestArguments,
  RequestReply,
  SendArguments,
} from './typed-request.js';
export type { RequestOptions } from './pending-requests.js';
export type { RequestErrorCode, RequestErrorOptions } from './request.error.js';
export type { SocketEvent, SocketEventType, WebSocketConstructor, WebSocketLike } from './web-socket-like.js';
