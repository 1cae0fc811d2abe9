/** The lines of the stack, each after a line feed. The message comes before them and may contain lines that look alike. */
export function framesIn({ stack = '', message }: Error): string {
  const at = stack.indexOf(message);
  if (at === -1) return '';
  const frames = stack.indexOf('\n    at ', at + message.length);
  return frames === -1 ? '' : stack.slice(frames);
}
