/**
 * What counts while Redis is away: this node alone, `deny` refuses, `allow` lets everything pass uncounted.
 */
export type OutagePolicy = 'local' | 'deny' | 'allow';
