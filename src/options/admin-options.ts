import { integer } from './option-parsers.js';
import { option, type OptionsTable } from './options-table.js';

/** The limits of the operator's API. They have an effect only with `WsAdminModule`. */
export const ADMIN_OPTIONS = {
  adminReadLimit: option('WS_ADMIN_READ_LIMIT', integer(1, 1_000_000).default(300)),
  adminWriteLimit: option('WS_ADMIN_WRITE_LIMIT', integer(1, 1_000_000).default(30)),
  adminMaxListeners: option('WS_ADMIN_MAX_LISTENERS', integer(1, 1000).default(10)),
} satisfies OptionsTable;
