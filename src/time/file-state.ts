import { stat } from 'node:fs/promises';

/** Tells whether a file changed, also by an atomic rename or a swapped link; the error's code when it is not there. */
export async function stateOfFile(file: string): Promise<string> {
  try {
    const { mtimeNs, size, dev, ino } = await stat(file, { bigint: true });
    return `${mtimeNs}:${size}:${dev}:${ino}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
