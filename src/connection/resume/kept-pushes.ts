import type { PushHead } from '../../protocol/push-text.js';
import type { ResumeMemory } from './resume-memory.js';
import type { KeptText } from './session-snapshot.js';

/** A push that a client may have missed. Its number results from its position in the list. */
export interface KeptPush {
  readonly head: PushHead;
  /** The memory of its text. */
  readonly bytes: number;
  /** The room it was sent to, if any. */
  readonly room: string | undefined;
}

export interface ResumeLimits {
  readonly resumeMaxMessages: number;
  readonly resumeMaxBytes: number;
}

/** The latest pushes of a session. The oldest are deleted when a limit is exceeded. */
export class KeptPushes {
  private pushes: KeptPush[] = [];
  private bytes = 0;

  constructor(
    private readonly limits: ResumeLimits,
    private readonly memory: ResumeMemory,
  ) {}

  get size(): number {
    return this.pushes.length;
  }

  /** The latest `count` pushes, in order. */
  last(count: number): KeptPush[] {
    return this.pushes.slice(this.pushes.length - count);
  }

  /** All kept pushes as plain data. @param seq the number of the last one */
  texts(seq: number): KeptText[] {
    return this.pushes.map(({ head, room }, index) => ({
      seq: seq - this.size + 1 + index,
      text: head.text,
      ...(room !== undefined && { room }),
    }));
  }

  add(push: KeptPush): void {
    this.count(push);
    this.pushes.push(push);
    this.trim();
  }

  /** @param at the index of insertion */
  insert(at: number, pushes: readonly KeptPush[]): void {
    for (const push of pushes) this.count(push);
    this.pushes = [...this.pushes.slice(0, at), ...pushes, ...this.pushes.slice(at)];
    this.trim();
  }

  clear(): void {
    for (const { head } of this.pushes) this.memory.free(head);
    this.pushes = [];
    this.bytes = 0;
  }

  private count({ head, bytes }: KeptPush): void {
    this.bytes += bytes;
    this.memory.keep(head);
  }

  private trim(): void {
    const { resumeMaxMessages, resumeMaxBytes } = this.limits;
    while (this.pushes.length > resumeMaxMessages || this.bytes > resumeMaxBytes) this.dropOldest();
    this.memory.makeRoom();
  }

  private dropOldest(): void {
    const oldest = this.pushes.shift();
    if (!oldest) return;
    this.bytes -= oldest.bytes;
    this.memory.free(oldest.head);
  }
}
