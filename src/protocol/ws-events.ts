/**
 * The contract of a gateway: an interface that server and client share by `import type`. `requests` has one member for
 * each event that clients send, `{ body?, reply?, stream? }`:
 *
 * - `body`: what the client sends; absent if there is none,
 * - `reply`: what the handler returns; null or absent if it only acknowledges,
 * - `stream` instead of `reply`: each value of the observable that the handler returns.
 *
 * `pushes` has the data of each event that the server sends by itself. All types are those of the server. The client
 * sees what JSON makes of them ({@link Jsonified}).
 *
 * @publicApi
 */
export interface WsEvents {
  readonly requests?: object;
  readonly pushes?: object;
}

/** The names of the events that clients send. @publicApi */
export type RequestName<Events> = Events extends { requests: infer Requests }
  ? keyof Requests & string
  : never;

/** The names of the events that the server pushes. @publicApi */
export type PushName<Events> = Events extends { pushes: infer Pushes } ? keyof Pushes & string : never;

/** What a contract says of one request. @publicApi */
export type RequestOf<Events, Name> = Events extends { requests: infer Requests }
  ? Name extends keyof Requests
    ? Requests[Name]
    : never
  : never;

/** The body of a request; undefined if it has none. @publicApi */
export type BodyOf<Events, Name> =
  RequestOf<Events, Name> extends infer Request
    ? 'body' extends keyof Request
      ? Request['body']
      : undefined
    : never;

/** The reply to a request, or one of its replies if it is a stream; undefined if it is acknowledged. @publicApi */
export type ReplyOf<Events, Name> =
  RequestOf<Events, Name> extends infer Request
    ? 'stream' extends keyof Request
      ? Request['stream']
      : 'reply' extends keyof Request
        ? Request['reply']
        : undefined
    : never;

/** Whether a request is answered with a stream. @publicApi */
export type IsStream<Events, Name> = 'stream' extends keyof RequestOf<Events, Name> ? true : false;

/** The data of a push. @publicApi */
export type PushOf<Events, Name> = Events extends { pushes: infer Pushes }
  ? Name extends keyof Pushes
    ? Pushes[Name]
    : never
  : never;
