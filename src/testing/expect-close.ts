import { closeText } from './close-text.js';
import { within } from './deadline.js';
import type { TestClose } from './frame-queue.js';
import type { TestClient } from './test-client.js';

/**
 * Waits until the server has closed the connection, in any test runner.
 *
 * @param code one of `CloseCode`
 * @param timeoutMs default: the timeout of the client
 * @returns close code and reason
 * @throws Error if it closes with another code, or does not close in time
 */
export async function expectClose(
  client: TestClient,
  code: number,
  timeoutMs: number = client.timeoutMs,
): Promise<TestClose> {
  const expected = `expected the connection to be closed with ${closeText({ code })}`;
  const end = await within(
    timeoutMs,
    client.closed,
    () => `${expected}, but it is still open; ${client.describe()}`,
  );
  if (end.code !== code)
    throw new Error(`${expected}, but it was closed with ${closeText(end)}; ${client.describe()}`);
  return end;
}
