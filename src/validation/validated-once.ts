interface Outcome {
  readonly judge: unknown;
  readonly rules: unknown;
  readonly body: Promise<unknown>;
}

const outcomes = new WeakMap<object, Outcome[]>();

/**
 * The result of an earlier validation of the body, so that a guard and the handler get the same instance.
 *
 * @param judge the class of the pipe, because another one may be stricter
 * @param rules the class or schema of the body
 */
export function outcomeOf(body: unknown, judge: unknown, rules: unknown): Promise<unknown> | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const found = outcomes.get(body)?.find((outcome) => outcome.judge === judge && outcome.rules === rules);
  return found?.body;
}

/** Stores a result as long as the body is in memory. */
export function remember(
  body: unknown,
  judge: unknown,
  rules: unknown,
  outcome: Promise<unknown>,
): Promise<unknown> {
  if (typeof body === 'object' && body !== null)
    outcomes.set(body, [...(outcomes.get(body) ?? []), { judge, rules, body: outcome }]);
  return outcome;
}
