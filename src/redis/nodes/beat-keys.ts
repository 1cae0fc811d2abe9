import type { Partition } from '../link/redis-port.js';

/**
 * The keys of a beat, in the order of its script.
 *
 * @param prefix what every key begins with
 * @param isControl whether tables and streams are on this partition
 */
export function beatKeys(prefix: string, { tag }: Partition, isControl: boolean): readonly string[] {
  const nodes = `${prefix}${tag}:nodes`;
  if (!isControl) return [nodes];
  const tables = ['revoked', 'banned', 'rights'].flatMap((name) => [name, `${name}:until`]);
  return [nodes, ...['sent', ...tables, 'control', 'bus'].map((name) => `${prefix}${tag}:${name}`)];
}
