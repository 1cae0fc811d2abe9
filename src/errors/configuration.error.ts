/** A wrong setting, and its valid values. Never contains the value of a secret. */
export interface ConfigurationProblem {
  name: string;
  message: string;
}

/**
 * The configuration is wrong or unsafe. Lists all problems, one `NAME: text` per line.
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
