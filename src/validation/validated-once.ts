interface Outcome {
  readonly judge: unknown;
  readonly rules: unknown;
  readonly body: Promise<unknown>;
}

const outcomes = new WeakMap<object, Outcome[]>();

/**
 * What became of a body before, so that a guard that had to look into it and the handler behind it get one and the
 * same instance.
 *
 * @param judge the class of pipe that validates: another one may be stricter
 * @param rules the class or schema the body is held against
 */
export function outcomeOf(body: unknown, judge: unknown, rules: unknown): Promise<unknown> | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const found = outcomes.get(body)?.find((outcome) => outcome.judge === judge && outcome.rules === rules);
  return found?.body;
}

/** Remembers it as long as the body lives. */
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
