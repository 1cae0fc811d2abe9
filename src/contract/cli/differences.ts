type Json = unknown;

/** How two documents differ, one line for each place. The order of members has no meaning. */
export function differencesOf(committed: Json, current: Json): string[] {
  return compare(committed, current, '');
}

function compare(before: Json, after: Json, place: string): string[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
    return names.flatMap((name) =>
      compareMember(before, after, name, place === '' ? name : `${place} › ${name}`),
    );
  }
  const [one, other] = [text(before), text(after)];
  return one === other ? [] : [`~ ${place}: ${cut(one)} → ${cut(other)}`];
}

function compareMember(before: Members, after: Members, name: string, place: string): string[] {
  if (!Object.hasOwn(after, name)) return [`- ${place}`];
  if (!Object.hasOwn(before, name)) return [`+ ${place}`];
  return compare(before[name], after[name], place);
}

type Members = Readonly<Record<string, Json>>;

const isObject = (value: Json): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const LONGEST = 200;

const cut = (json: string): string => (json.length > LONGEST ? `${json.slice(0, LONGEST)}…` : json);

const text = (value: Json): string => JSON.stringify(inOrder(value));

function inOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((name) => [name, inOrder(value[name])]),
  );
}
