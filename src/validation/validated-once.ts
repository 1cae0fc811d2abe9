interface Outcome {
  readonly judge: unknown;
  readonly rules: unknown;
  readonly body: Promise<unknown>;
}

const outcomes = new WeakMap<object, Outcome[]>();

/**
 * Remembers what became of a body as long as the body lives, so that a guard that has to look into it and the
 * handler behind it get one and the same instance.
 *
 * @param judge the class of pipe that validates: another one may be stricter
 * @param rules the class or schema the body is held against
 */
export function validatedOnce(
  body: unknown,
  judge: unknown,
  rules: unknown,
  validate: () => Promise<unknown>,
): Promise<unknown> {
  if (typeof body !== 'object' || body === null) return validate();
  const known = outcomes.get(body) ?? [];
  const found = known.find((outcome) => outcome.judge === judge && outcome.rules === rules);
  if (found) return found.body;
  const outcome = { judge, rules, body: validate() };
  outcomes.set(body, [...known, outcome]);
  return outcome.body;
}
