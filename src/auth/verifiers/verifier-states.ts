import type { TokenVerifier } from '../token-verifier.js';
import { UnconfiguredVerifier } from '../unconfigured.verifier.js';
import { CompositeVerifier, type NamedVerifier } from './composite.verifier.js';
import { JwtVerifier } from './jwt.verifier.js';
import { STALE_MS } from './remote-keys.js';

/** Whether credentials can be verified now, by one verifier. */
export interface VerifierState {
  readonly name: string;
  readonly isUp: boolean;
  /** Milliseconds since its keys were fetched; undefined if they are not fetched, or never were. */
  readonly keysAgeMs: number | undefined;
}

/** The states of all verifiers. Of several with one name, the worst. That of an application is called `custom`. */
export function verifierStates(verifier: TokenVerifier): VerifierState[] {
  if (verifier instanceof UnconfiguredVerifier) return [];
  if (!(verifier instanceof CompositeVerifier)) return [stateOf({ name: 'custom', verifier })];
  const states = new Map<string, VerifierState>();
  for (const { name, isUp, keysAgeMs } of verifier.all.map(stateOf)) {
    const known = states.get(name);
    const ages = [keysAgeMs, known?.keysAgeMs].filter((age) => age !== undefined);
    states.set(name, {
      name,
      isUp: isUp && known?.isUp !== false,
      keysAgeMs: ages.length > 0 ? Math.max(...ages) : undefined,
    });
  }
  return [...states.values()];
}

function stateOf({ name, verifier }: Omit<NamedVerifier, 'name'> & { name: string }): VerifierState {
  const keysAgeMs = verifier instanceof JwtVerifier ? verifier.keysAge() : undefined;
  const isReady = healthOf(verifier) !== 'unready';
  return { name, isUp: isReady && (keysAgeMs ?? 0) < STALE_MS, keysAgeMs };
}

/** A verifier of the application may throw. */
function healthOf(verifier: TokenVerifier) {
  try {
    return verifier.health?.() ?? 'ready';
  } catch {
    return 'unready';
  }
}
