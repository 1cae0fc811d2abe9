import type { Partition } from '../link/redis-port.js';
import type { TableName } from './table-entry.js';

/** Names of the keys that tables are kept in. */
export class TableKeys {
  private readonly start: string;

  /** @param prefix what every key begins with */
  constructor(prefix: string, { tag }: Partition) {
    this.start = `${prefix}${tag}:`;
  }

  /** Key to row; the field `#` is the version. */
  rows(table: TableName): string {
    return `${this.start}${table}`;
  }

  /** The keys of the script that writes. */
  ofWrite(table: TableName): readonly string[] {
    return [this.rows(table), `${this.rows(table)}:until`, `${this.start}control`, `${this.start}sent`];
  }
}
