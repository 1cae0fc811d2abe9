/**
 * Shows the whole seconds left until `end` (epoch milliseconds), then calls `done`.
 * Returns the function that stops it.
 */
export function countDown(target: HTMLElement, end: number, done?: () => void): () => void {
  let handle: number | undefined;
  const tick = (): void => {
    const left = end - Date.now();
    target.textContent = String(Math.max(0, Math.ceil(left / 1000)));
    if (left > 0) handle = setTimeout(tick, left % 1000 || 1000);
    else done?.();
  };
  tick();
  return () => clearTimeout(handle);
}
