import { framesIn } from './stack-frames.js';

/** The methods by which Nest calls a part of the application around a handler. */
const KINDS: Readonly<Record<string, string>> = {
  canActivate: 'A guard',
  transform: 'A pipe',
  intercept: 'An interceptor',
  catch: 'A filter',
};

/** Also with a name of the function before `[as …]`. */
const FRAME =
  /^ {4}at (?:async )?([\w$]{1,64})\.(?:[\w$.]{1,64} \[as )?(canActivate|transform|intercept|catch)[ \]]/gm;

/** A frame below which Nest calls such a part. Source maps may have given the frame another name. */
const CALLED =
  /^ {4}at (?:async )?([\w$]{1,64})\.[^\n]*\n[^\n]*[\\/](guards|pipes|interceptors)-consumer\.js/m;
const KIND_OF_CONSUMER: Readonly<Record<string, string>> = {
  guards: 'A guard',
  pipes: 'A pipe',
  interceptors: 'An interceptor',
};

/** The parts of this module that call those of the application. */
const CALLERS = new Set(['WsGuardChain', 'GatewayPipe', 'GatewayFilter', 'WsFilterChain', 'HandlerFilters']);

/** Code for HTTP finds no request, and reads a property of something that is not there. */
const ADVICE: Readonly<Record<string, string>> = {
  'A guard': "if it is written for HTTP, let it begin with `if (context.getType() !== 'http') return true;`",
  'A pipe': "if it is written for HTTP, let it return the value unless `metadata.type === 'body'`",
  'An interceptor':
    "if it is written for HTTP, let it begin with `if (context.getType() !== 'http') return next.handle();`",
  'A filter': 'if it is written for HTTP, bind it to controllers; gateways have a filter of their own',
};

/**
 * Names the guard, pipe, interceptor or filter that threw an error, from its stack, and tells how to keep code for HTTP
 * away from messages.
 *
 * @param event the event that was handled
 * @param part what failed if no such part is in the stack
 */
export function failedPart(event: string, error: unknown, part: string): string {
  const [name, kind] = culpritOf(error) ?? [];
  if (name === undefined || kind === undefined) return `A ${part} of "${event}" failed`;
  const what = `${kind} of "${event}" failed: ${name}`;
  return error instanceof TypeError ? `${what}; ${ADVICE[kind]}` : what;
}

function culpritOf(error: unknown): [name: string, kind: string | undefined] | undefined {
  const frames = framesOf(error);
  for (const [, name = '', method = ''] of frames.matchAll(FRAME))
    if (!CALLERS.has(name)) return [name, KINDS[method]];
  const [, name = '', consumer = ''] = CALLED.exec(frames) ?? [];
  return name === '' || CALLERS.has(name) ? undefined : [name, KIND_OF_CONSUMER[consumer]];
}

/** A thrown value may be anything, for example an error without a stack, or a proxy that throws when it is read. */
function framesOf(error: unknown): string {
  try {
    return error instanceof Error ? framesIn(error) : '';
  } catch {
    return '';
  }
}
