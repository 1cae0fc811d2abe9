import { Logger, type LoggerService } from '@nestjs/common';

export interface LoggedError {
  text: string;
  stack: string | undefined;
}

/** Collects error logs until `stop()`. Other logs are dropped. */
export class Logged {
  readonly errors: LoggedError[] = [];
  /** Called for each error, so that a test can let the logger fail. */
  onError: () => void = () => undefined;

  constructor() {
    const nothing = (): void => undefined;
    const logger: LoggerService = {
      log: nothing,
      warn: nothing,
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
