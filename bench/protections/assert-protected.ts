import type { Peer } from '../peers/peer.js';
import { missingProtections } from './protections.js';

/**
 * Figures of a server that lets pass what it claims to refuse would be worth nothing.
 *
 * @throws Error that names what was let pass
 */
export async function assertProtected(
  name: string,
  { dialect, protection }: Pick<Peer, 'dialect' | 'protection'>,
  port: number,
): Promise<void> {
  if (!protection) return;
  const missing = await missingProtections({ port, dialect, protection });
  if (missing.length > 0) throw new Error(`${name} is not protected: ${missing.join('; ')}`);
}
