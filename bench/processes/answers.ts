interface Request {
  readonly id: number;
  readonly type: string;
  readonly payload: unknown;
}

/** Handlers receive and return JSON. Errors that they throw are sent back. */
// oxlint-disable-next-line typescript/no-explicit-any -- each handler knows its own payload
export type Answers = Readonly<Record<string, (payload: any) => unknown>>;

/** The child's end of the IPC channel. The child exits when the channel closes. */
export function answer(answers: Answers): void {
  process.on('disconnect', () => process.exit(0));
  process.on('message', ({ id, type, payload }: Request) => {
    void reply(id, async () => {
      const handler = answers[type];
      if (!handler) throw new Error(`nobody answers "${type}"`);
      return handler(payload);
    });
  });
}

/** Tells the parent that the child is ready. */
export function announce(ready: object): void {
  process.send?.({ ready });
}

async function reply(id: number, work: () => Promise<unknown>): Promise<void> {
  try {
    process.send?.({ id, result: (await work()) ?? null });
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}
