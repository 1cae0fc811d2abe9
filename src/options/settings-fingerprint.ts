import { createHash } from 'node:crypto';
import type { OptionsTable } from './options-table.js';
import { OPTIONS, type ResolvedOptions } from './options.schema.js';

const DIGITS = 16;
/** What differs between nodes with the same settings. */
const OWN: readonly string[] = ['nodeId'];

/** A fingerprint of all settings that are no secret: the same for nodes with the same settings. */
export function settingsFingerprint(options: ResolvedOptions): string {
  const table: OptionsTable = OPTIONS;
  const shown = Object.entries(options)
    .filter(([name]) => table[name] !== undefined && table[name].file === undefined && !OWN.includes(name))
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(shown)).digest('hex').slice(0, DIGITS);
}
