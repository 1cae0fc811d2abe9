import { Logger, type LoggerService } from '@nestjs/common';

export interface LoggedError {
  text: string;
  stack: string | undefined;
}

/** Collects errors and warnings until `stop()`. Other logs are dropped. */
export class Logged {
  readonly errors: LoggedError[] = [];
  readonly warnings: string[] = [];
  /** Called for each error, so that a test can let the logger fail. */
  onError: () => void = () => undefined;

  constructor() {
    const nothing = (): void => undefined;
    const logger: LoggerService = {
      log: nothing,
      warn: (text: string) => this.warnings.push(text),
      error: (text: string, stack?: string) => {
        this.errors.push({ text, stack });
        this.onError();
      },
    };
    Logger.overrideLogger(logger);
  }

  get texts(): string[] {
    return this.errors.map(({ text }) => text);
  }

  stop(): void {
    Logger.overrideLogger(false);
  }
}
