import { Transform } from 'class-transformer';

/**
 * The order of sanitizers, independent of the order of decorators. Normalization may create markup, so it comes first.
 * Text may have to be trimmed and composed after markup has been removed.
 */
const STAGES = ['normalize', 'markup', 'trim', 'compose'] as const;

export type SanitizerStage = (typeof STAGES)[number];
export type Sanitize = (text: string) => string;

interface Step {
  readonly stage: SanitizerStage;
  readonly sanitize: Sanitize;
  /** Too expensive to run twice for a body that is refused in the end. */
  readonly isCostly?: boolean;
}

const STEPS = 'ws-security:sanitizers';

type Transformation = (parameters: { value: unknown }) => unknown;

const stepsOf = new WeakMap<object, () => readonly Step[]>();

/** The function of a transformation, if it consists of sanitizers that are not costly. */
export function sanitizationOf(transformation: object): ((value: unknown) => unknown) | undefined {
  const steps = stepsOf.get(transformation)?.();
  return steps?.every((step) => !step.isCostly) ? (value) => rewrite(value, steps) : undefined;
}

/** Whether a transformation consists of sanitizers. */
export const isSanitization = (transformation: object): boolean => stepsOf.has(transformation);

/** The stages of the sanitizers of a property, in their order. */
export function stagesOf(prototype: object, property: string): SanitizerStage[] {
  const steps = (Reflect.getMetadata(STEPS, prototype, property) as Step[] | undefined) ?? [];
  return [...new Set(steps.map(({ stage }) => stage))];
}

/** A property decorator that rewrites strings, also in a list, set or map, before the DTO is validated. */
export function sanitizer(...added: Step[]): PropertyDecorator {
  return (target, property) => {
    const known = (Reflect.getMetadata(STEPS, target, property) as Step[] | undefined) ?? [];
    const steps = [...known, ...added].toSorted((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage));
    const isFirst = !Reflect.hasOwnMetadata(STEPS, target, property);
    Reflect.defineMetadata(STEPS, steps, target, property);
    if (!isFirst) return;
    // One transformation per property. It also runs the steps that are added later.
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

/**
 * Text that has not changed since it was normalized is not normalized again, because normalization can make it eighteen
 * times as long.
 */
function rewriteText(text: string, steps: readonly Step[]): string {
  let normalized: string | undefined;
  for (const { stage, sanitize } of steps) {
    if (stage === 'compose' && text === normalized) continue;
    text = sanitize(text);
    if (stage === 'normalize') normalized = text;
  }
  return text;
}
