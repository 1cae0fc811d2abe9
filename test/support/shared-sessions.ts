import {
  type Clock,
  type GiveSession,
  hashOfResumeToken,
  type LeftSession,
  nodeOfResumeToken,
  ResumeStore,
  type SessionSnapshot,
} from 'nestjs-ws-security';

/** Where nodes of this process leave sessions, and ask each other for them. Everything passes through JSON. */
export class SharedSessions {
  readonly nodes = new Map<string, GiveSession>();
  readonly left = new Map<string, { json: string; until: number }>();

  constructor(readonly clock: Clock) {}

  /** A node answers nobody any more. */
  kill(nodeId: string): void {
    this.nodes.delete(nodeId);
  }
}

/** A node's way to the others. */
export class SharedResumeStore extends ResumeStore {
  /** What a fetch waits for. */
  gate: Promise<void> | undefined;

  constructor(
    private readonly shared: SharedSessions,
    private readonly nodeId: string,
  ) {
    super();
  }

  async fetch(token: string, owner: string, path: string): Promise<SessionSnapshot | undefined> {
    await (this.gate ?? new Promise((resolve) => setImmediate(resolve)));
    const hash = hashOfResumeToken(token);
    const left = this.takeLeft(hash, owner, path);
    if (left) return left;
    const given = this.shared.nodes.get(nodeOfResumeToken(token))?.(hash, owner, path);
    return given && (JSON.parse(JSON.stringify(given)) as SessionSnapshot);
  }

  serve(give: GiveSession): void {
    this.shared.nodes.set(this.nodeId, give);
  }

  async leave(sessions: Iterable<LeftSession>): Promise<void> {
    const now = this.shared.clock.monotonic();
    for (const [hash, session, ttlMs] of sessions) {
      this.shared.left.set(hash, { json: JSON.stringify(session), until: now + ttlMs });
      await Promise.resolve();
    }
  }

  private takeLeft(hash: string, owner: string, path: string): SessionSnapshot | undefined {
    const found = this.shared.left.get(hash);
    if (!found || this.shared.clock.monotonic() >= found.until) return undefined;
    const session = JSON.parse(found.json) as SessionSnapshot;
    if (session.owner !== owner || session.path !== path) return undefined;
    this.shared.left.delete(hash);
    return session;
  }
}
