import { Logger, type LoggerService } from '@nestjs/common';

export interface LoggedError {
  text: string;
  stack: string | undefined;
}

/** Collects what is logged as an error from now on, until `stop()`; everything else is dropped. */
export class Logged {
  readonly errors: LoggedError[] = [];
  /** Called with each error, for loggers that misbehave. */
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
