import type { ChainableCommander, Redis } from 'ioredis';
import { expectEqual } from '../../support/expect-equal.js';

type Command = (pipeline: ChainableCommander) => unknown;

interface Check {
  readonly command: number;
  readonly expected: unknown;
  readonly view: (reply: never) => unknown;
}

/** Commands that are sent at once, with the replies that are expected: a round trip each takes longer than a script. */
export class CommandBatch {
  private readonly pipeline: ChainableCommander;
  private readonly checks: Check[] = [];

  constructor(client: Redis) {
    this.pipeline = client.pipeline();
  }

  /** Adds one whose reply does not matter. */
  tell(command: Command): void {
    command(this.pipeline);
  }

  /** @param view what of the reply is compared */
  ask(command: Command, view: (reply: never) => unknown, expected: unknown): void {
    this.checks.push({ command: this.pipeline.length, expected, view });
    command(this.pipeline);
  }

  /** Sends all, and fails unless every reply is the expected one. */
  async run(): Promise<void> {
    const replies = (await this.pipeline.exec()) ?? [];
    for (const [error] of replies) if (error) throw error;
    const seen = this.checks.map(({ command, view }) => view(replies[command]?.[1] as never));
    expectEqual(
      seen,
      this.checks.map(({ expected }) => expected),
    );
  }
}
