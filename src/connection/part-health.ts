/**
 * What a part of the module says about itself: it works, it works with less than it should have, or clients should be
 * sent to another node.
 *
 * @publicApi
 */
export type PartHealth = 'ready' | 'degraded' | 'unready';
