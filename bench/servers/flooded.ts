/** The limit that is flooded. Costs up to {@link MOST_COST} are lent in portions as well. */
export const FLOODED = { limit: 100, ttl: 10_000 };
export const MOST_COST = 25;
