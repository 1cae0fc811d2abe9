import type { EventsGap, NodesAnswered, OperatorEvent } from 'nestjs-ws-security/admin';
import { type Api, ApiError, explain } from './api.js';
import { type Sent, SseReader } from './sse.js';

export type Filter = Readonly<Record<'type' | 'user' | 'address', string | undefined>>;

/** What a stream tells. */
export interface StreamHandlers {
  event(event: OperatorEvent): void;
  gap(gap: EventsGap): void;
  nodes(nodes: NodesAnswered): void;
  /** @param isOpen whether events arrive */
  state(isOpen: boolean, text: string): void;
}

/** The service sends a comment every 15 seconds. */
const SILENCE_MS = 40_000;
const LONGEST_WAIT_MS = 15_000;

/** Listens to events. `EventSource` could not send a token. It connects again, and goes on where it was. */
export class EventStream {
  #stopped: AbortController | undefined;
  #lastId = '';

  constructor(
    private readonly api: Api,
    private readonly handlers: StreamHandlers,
  ) {}

  start(filter: Filter): void {
    this.stop();
    this.#stopped = new AbortController();
    void this.#run(filter, this.#stopped.signal);
  }

  stop(): void {
    this.#stopped?.abort();
  }

  /** The next stream begins with what is remembered. */
  forget(): void {
    this.#lastId = '';
  }

  async #run(filter: Filter, stopped: AbortSignal): Promise<void> {
    for (let failures = 0; !stopped.aborted; failures++) {
      try {
        await this.#listen(filter, stopped, () => (failures = 0));
      } catch (error) {
        if (stopped.aborted) return;
        this.handlers.state(false, `${explain(error)} Connecting again …`);
        if (error instanceof ApiError && error.status < 429) return;
      }
      const wait = Math.min(LONGEST_WAIT_MS, 1000 * 2 ** failures) * (0.5 + Math.random() / 2);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  async #listen(filter: Filter, stopped: AbortSignal, opened: () => void): Promise<void> {
    const silent = new AbortController();
    let timer = 0;
    const watch = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(() => silent.abort(), SILENCE_MS);
    };
    watch();
    try {
      const response = await this.api.open('/events', filter, {
        signal: AbortSignal.any([stopped, silent.signal]),
        headers: this.#lastId === '' ? {} : { 'Last-Event-ID': this.#lastId },
      });
      this.handlers.state(true, 'Live');
      const lines = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      const reader = new SseReader();
      for (;;) {
        const { done, value } = await lines.read();
        if (done) break;
        watch();
        opened();
        for (const sent of reader.read(value)) this.#tell(sent);
      }
      this.handlers.state(false, 'The service ended the stream. Connecting again …');
    } finally {
      clearTimeout(timer);
    }
  }

  #tell({ id, event, data }: Sent): void {
    if (id !== '') this.#lastId = id;
    const told: unknown = JSON.parse(data || '{}');
    if (event === 'event') this.handlers.event(told as OperatorEvent);
    if (event === 'gap') this.handlers.gap(told as EventsGap);
    if (event === 'nodes') this.handlers.nodes(told as NodesAnswered);
  }
}
