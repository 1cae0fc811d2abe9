/** One wrong setting: which, and what it may be instead. Never carries the value of a secret. */
export interface ConfigurationProblem {
  name: string;
  message: string;
}

/**
 * The application cannot start safely. Lists everything that is wrong at once, one `NAME: text` a line.
 *
 * @publicApi
 */
export class WsConfigurationError extends Error {
  override readonly name = 'WsConfigurationError';

  constructor(readonly problems: readonly ConfigurationProblem[]) {
    super(
      `WebSocket security is not configured correctly:\n${problems.map((p) => `${p.name}: ${p.message}`).join('\n')}`,
    );
  }
}
