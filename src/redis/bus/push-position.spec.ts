import { idOfKey, keyOf, positionAfter, positionIn, readPosition } from './push-position.js';

it('positions sort as entries and the pushes in them do', () => {
  const ids = ['0-0', '999-0', '1000-2', '1000-10', '1700000000000-0', '1700000000000-4294967296'];
  const positions = ids.flatMap((id) => [
    positionIn(keyOf(id), 0),
    positionIn(keyOf(id), 20),
    positionIn(keyOf(id), 100),
    positionAfter(keyOf(id)),
  ]);
  expect(positions.toSorted()).toEqual(positions);
  expect(ids.map((id) => idOfKey(keyOf(id)))).toEqual(ids);
});

it('reads what it has made, and nothing else', () => {
  expect(readPosition(positionIn(keyOf('12-3'), 4))).toEqual({ key: keyOf('12-3'), index: 4 });
  for (const text of ['', '1', '12-3', 'no position', `${positionAfter(keyOf('1-1'))}0`])
    expect(readPosition(text)).toBeUndefined();
});
