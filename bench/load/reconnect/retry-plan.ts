/** How the module's client decides when it reconnects. */
export interface RetryPlan {
  readonly failures: number;
  opened(): void;
  /** The connection has been open for some seconds. */
  settled(): void;
  heardGoodbye(goodbye: object): void;
  ended(
    end: { phase: 'handshake' | 'open'; code: number | null; reason: string },
    fixedToken: boolean,
  ): {
    readonly retry: boolean;
  };
  /** Milliseconds until the next attempt. */
  delay(): number;
}

type Random = () => number;

const client = (file: string): string => new URL(file, import.meta.resolve('nestjs-ws-security/client')).href;
const { RetryPlan: Plan } = (await import(client('./retry-plan.js'))) as {
  RetryPlan: new (settings: object) => RetryPlan;
};
const { resolveSettings } = (await import(client('./client-settings.js'))) as {
  resolveSettings: (options: object) => { readonly connectTimeoutMs: number };
};

const SETTINGS = { url: 'ws://127.0.0.1', WebSocket: class {} };

/** How long a client with the default options waits until it is connected. */
export const { connectTimeoutMs: CONNECT_TIMEOUT_MS } = resolveSettings(SETTINGS);

/** The plan of a client with the default options. @param random in [0, 1) */
export function retryPlan(random: Random = Math.random): RetryPlan {
  return new Plan(resolveSettings({ ...SETTINGS, random }));
}

/** The plan of a client that draws the longest wait each time. */
export function longestPlan(): RetryPlan {
  return retryPlan(() => 1);
}
