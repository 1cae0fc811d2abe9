import type { Target } from '../load/target.js';
import type { Peer } from '../peers/peer.js';
import { missingProtections } from './protections.js';

/**
 * Makes sure that a server refuses what it claims to refuse. Otherwise its figures would be meaningless.
 *
 * @throws Error with the missing protections
 */
export async function assertProtected(
  name: string,
  { dialect, protection }: Pick<Peer, 'dialect' | 'protection'>,
  target: Target,
): Promise<void> {
  if (!protection) return;
  const missing = await missingProtections({ ...target, dialect, protection });
  if (missing.length > 0) throw new Error(`${name} is not protected: ${missing.join('; ')}`);
}
