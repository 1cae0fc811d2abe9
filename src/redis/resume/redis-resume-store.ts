import { z } from 'zod';
import { type GiveSession, type LeftSession, ResumeStore } from '../../connection/resume/resume-store.js';
import { hashOfResumeToken, nodeOfResumeToken } from '../../connection/resume/resume-token.js';
import type { SessionSnapshot } from '../../connection/resume/session-snapshot.js';
import type { TimerWheel } from '../../time/timer-wheel.js';
import { RedisUnavailableError } from '../link/redis-port.js';
import type { ControlStream } from '../streams/control-stream.js';
import type { Neighbours } from '../streams/neighbours.js';
import { readStored } from '../stored-text.js';
import { MessageBatches } from './message-batches.js';
import type { SessionShelf } from './session-shelf.js';
import { AwaitedSessions } from './awaited-sessions.js';

/** How long a node may take to leave a session that another one wants. */
const ANSWER_MS = 500;
/** The same while Redis is slow: up to five of its answers lie in between. */
const SLOW_ANSWER_MS = 3000;
/** How long such a session waits for the one who wants it. */
const WANTED_TTL_MS = 10_000;
/** Sessions on their way to Redis at a time when the node stops. */
const AT_ONCE = 128;
const WANT = 'want';
const LEFT = 'left';

/** A session that is wanted: of which node, by whom. */
type Want = readonly [node: string, hash: string, owner: string, path: string, lastSeq: number, ...unknown[]];

const WANTS: z.ZodType<Want[]> = z.array(
  z.tuple([z.string(), z.string(), z.string(), z.string(), z.number()], z.unknown()),
);
const HASHES = z.array(z.string());

/**
 * Sessions stay in the memory of their node. A node that wants one asks for it; its node leaves it in Redis, where the
 * first who may takes it.
 */
export class RedisResumeStore extends ResumeStore {
  private give: GiveSession = () => undefined;
  private readonly awaited = new AwaitedSessions();
  private readonly wants: MessageBatches<Want>;
  private readonly answers: MessageBatches<string>;

  constructor(
    private readonly self: string,
    control: ControlStream,
    private readonly neighbours: Neighbours,
    private readonly shelf: SessionShelf,
    private readonly wheel: TimerWheel,
    private readonly onFault: (error: unknown) => void,
  ) {
    super();
    this.wants = new MessageBatches(
      (wants) => control.append(WANT, JSON.stringify(wants)),
      (wants) => this.awaited.answered(wants.map(([, hash]) => hash)),
    );
    this.answers = new MessageBatches(
      (hashes) => control.append(LEFT, JSON.stringify(hashes)),
      () => undefined,
    );
    control.on(WANT, (body) => this.serveWants(readStored(body, WANTS, 'a list of wanted sessions')));
    control.on(LEFT, (body) => this.awaited.answered(readStored(body, HASHES, 'a list of sessions')));
    neighbours.onLeft((node) => this.awaited.left(node));
  }

  async fetch(
    token: string,
    owner: string,
    path: string,
    lastSeq: number,
  ): Promise<SessionSnapshot | undefined> {
    const hash = hashOfResumeToken(token);
    const node = nodeOfResumeToken(token);
    if (node === this.self) {
      const own = this.give(hash, owner, path);
      if (own) return own;
    } else if (await this.neighbours.lives(node)) await this.want([node, hash, owner, path, lastSeq]);
    try {
      return await this.shelf.take(hash, owner, path);
    } catch (error) {
      // Its client is told that the session is lost.
      this.onFault(error);
      return undefined;
    }
  }

  serve(give: GiveSession): void {
    this.give = give;
  }

  /** @throws RedisUnavailableError when some of the sessions could not be stored */
  async leave(sessions: Iterable<LeftSession>): Promise<void> {
    let failure: unknown;
    let batch: Promise<void>[] = [];
    const settle = async (): Promise<void> => {
      for (const outcome of await Promise.allSettled(batch))
        if (outcome.status === 'rejected') failure ??= outcome.reason;
      batch = [];
    };
    for (const [hash, session, ttlMs] of sessions) {
      batch.push(this.shelf.put(hash, session, ttlMs));
      if (batch.length === AT_ONCE) await settle();
    }
    await settle();
    await this.neighbours.leave();
    if (failure) throw failure as Error;
  }

  /** Resolves when the node has answered, does not live any more, or takes too long. */
  private async want(want: Want): Promise<void> {
    const [node, hash] = want;
    const wait = this.awaited.wait(hash, node);
    const timer = this.wheel.schedule(this.shelf.isSlow ? SLOW_ANSWER_MS : ANSWER_MS, wait.end);
    this.wants.add(want);
    await wait.over;
    timer.cancel();
  }

  private serveWants(wants: readonly Want[]): void {
    for (const want of wants) if (want[0] === this.self) void this.answer(want);
  }

  private async answer([, hash, owner, path, lastSeq]: Want): Promise<void> {
    try {
      const session = this.give(hash, owner, path);
      if (session) await this.shelf.put(hash, without(session, lastSeq), WANTED_TTL_MS);
    } catch (error) {
      if (!(error instanceof RedisUnavailableError)) this.onFault(error);
    }
    this.answers.add(hash);
  }
}

/** A session without the pushes that its client has. */
function without(session: SessionSnapshot, lastSeq: number): SessionSnapshot {
  return { ...session, kept: session.kept.filter(({ seq }) => seq > lastSeq) };
}
