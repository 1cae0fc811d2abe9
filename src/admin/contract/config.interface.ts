/** One setting in force. @publicApi */
export interface ConfigEntry {
  /** The name in `forRoot()`. */
  readonly option: string;
  readonly variable: string;
  /** Null if it is not set. Of a secret only `set` is shown, and URLs are shown without their credentials. */
  readonly value: string | number | boolean | null | readonly string[];
  readonly isSecret: boolean;
  readonly isDefault: boolean;
  /** Why it is weak; null if it is not. */
  readonly weakness: string | null;
}

/** The answer of `GET /config`. @publicApi */
export interface ConfigAnswer {
  /** The node whose settings these are. `GET /overview` tells whether the others have the same. */
  readonly node: string;
  readonly isProduction: boolean;
  /** As in `NodeSummary`. */
  readonly settings: string;
  readonly options: readonly ConfigEntry[];
}
