import { CloseCode } from '../protocol/close-code.enum.js';

/** The errors of `ws` that close a connection with another code than 1002. The documentation of `ws` lists them. */
const CODES: Readonly<Record<string, CloseCode>> = {
  WS_ERR_INVALID_UTF8: CloseCode.INVALID_PAYLOAD,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: CloseCode.POLICY_VIOLATION,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: CloseCode.MESSAGE_TOO_BIG,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: CloseCode.MESSAGE_TOO_BIG,
};

/** The close code that was sent for a violation of the protocol; undefined if the network failed. */
export function violationCodeOf({ code }: NodeJS.ErrnoException): CloseCode | undefined {
  if (code?.startsWith('WS_ERR_') !== true) return undefined;
  return CODES[code] ?? CloseCode.PROTOCOL_ERROR;
}
