import type { SchemaConverters } from './schema/schema-library.js';

/** What the document says of the service, which the module cannot know. @publicApi */
export interface WsContractOptions {
  /** Default: `WebSocket API`. */
  title?: string;
  /** The version of the contract. Default: `1.0.0`. */
  version?: string;
  /** Text for readers, in CommonMark. */
  description?: string;
  /** The URLs of the servers by name, such as `{ production: 'wss://chat.example.com' }`. Default: none. */
  servers?: Readonly<Record<string, string>>;
  /** Converters by vendor, for libraries without Standard JSON Schema: `{ valibot: toJsonSchema }`. */
  converters?: SchemaConverters;
}

/** Token of the options, which `WsContractModule` provides. */
export const CONTRACT_OPTIONS = Symbol('CONTRACT_OPTIONS');
