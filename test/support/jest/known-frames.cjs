/*
 * Jest looks up where each frame of a stack is in the source, each time that a stack is read. The module reads those of
 * the faults that it reports, and most are alike: here each frame is looked up once.
 */
const MOST = 10_000;
const NOTHING = { name: '', message: '' };

/** What writes stacks as `format` does. */
function withKnownFrames(format) {
  const known = new Map();
  const { length } = format(NOTHING, []);
  const textOf = (frame) => {
    const place = String(frame);
    const text = known.get(place) ?? format(NOTHING, [frame]).slice(length);
    if (known.size < MOST) known.set(place, text);
    return text;
  };
  return (error, frames) => format(error, []) + frames.map(textOf).join('');
}

module.exports = withKnownFrames;
