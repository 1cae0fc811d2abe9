/**
 * What operators hear about what nodes tell each other.
 *
 * - `cluster.gap`: entries of a stream are lost to this node
 * - `cluster.push-local`: pushes reach this node only, because Redis is away; told once until they are stored again
 *
 * @publicApi
 */
export type StreamEvent =
  | { readonly type: 'cluster.gap'; readonly stream: 'control' | 'bus' }
  | { readonly type: 'cluster.push-local' };
