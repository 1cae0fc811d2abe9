import { Transform } from 'class-transformer';

/**
 * In this order, wherever the decorators stand: what normalisation turns into markup has to be seen as such, and
 * what markup stood beside may be trimmed and composed once it is gone.
 */
const STAGES = ['normalize', 'markup', 'trim', 'compose'] as const;

export type SanitizerStage = (typeof STAGES)[number];
export type Sanitize = (text: string) => string;

interface Step {
  readonly stage: SanitizerStage;
  readonly sanitize: Sanitize;
  /** Takes so long that it is not to be done twice for a body that is refused in the end. */
  readonly isCostly?: boolean;
}

const STEPS = 'ws-security:sanitizers';

type Transformation = (parameters: { value: unknown }) => unknown;

const stepsOf = new WeakMap<object, () => readonly Step[]>();

/** What a transformation of class-transformer does to a value, if it is one of sanitizers and cheap. */
export function sanitizationOf(transformation: object): ((value: unknown) => unknown) | undefined {
  const steps = stepsOf.get(transformation)?.();
  return steps?.every((step) => !step.isCostly) ? (value) => rewrite(value, steps) : undefined;
}

/** A property decorator that rewrites strings, also those in a list, a set or a map, before the rules of the DTO look at them. */
export function sanitizer(...added: Step[]): PropertyDecorator {
  return (target, property) => {
    const known = (Reflect.getMetadata(STEPS, target, property) as Step[] | undefined) ?? [];
    const steps = [...known, ...added].toSorted((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage));
    const isFirst = !Reflect.hasOwnMetadata(STEPS, target, property);
    Reflect.defineMetadata(STEPS, steps, target, property);
    if (!isFirst) return;
    // One transformation a class, which finds the steps that were added after it.
    const ownSteps = (): Step[] => Reflect.getOwnMetadata(STEPS, target, property) as Step[];
    const run: Transformation = ({ value }) => rewrite(value, ownSteps());
    stepsOf.set(run, ownSteps);
    Transform(run, { toClassOnly: true })(target, property);
  };
}

function rewrite(value: unknown, steps: readonly Step[]): unknown {
  const rewriteItem = (item: unknown): unknown =>
    typeof item === 'string' ? rewriteText(item, steps) : item;
  if (Array.isArray(value)) return value.map(rewriteItem);
  if (value instanceof Set) return new Set([...(value as Set<unknown>)].map(rewriteItem));
  if (value instanceof Map)
    return new Map([...(value as Map<unknown, unknown>)].map(([name, item]) => [name, rewriteItem(item)]));
  return rewriteItem(value);
}

/** What nothing changed since it was normalised is not normalised again: it may be eighteen times as long by then. */
function rewriteText(text: string, steps: readonly Step[]): string {
  let normalized: string | undefined;
  for (const { stage, sanitize } of steps) {
    if (stage === 'compose' && text === normalized) continue;
    text = sanitize(text);
    if (stage === 'normalize') normalized = text;
  }
  return text;
}
