import type { PushHead } from '../../protocol/push-text.js';
import type { ResumeMemory } from './resume-memory.js';

/** A push that a client may have missed. Its number follows from its place: the last one has the last number. */
export interface KeptPush {
  readonly head: PushHead;
  /** What its text takes. */
  readonly bytes: number;
  /** The room it was sent to, if it was sent to one. */
  readonly room: string | undefined;
}

export interface ResumeLimits {
  readonly resumeMaxMessages: number;
  readonly resumeMaxBytes: number;
}

/** The last pushes of a session. The oldest are given up when there are too many. */
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

  /** The last so many, in order. */
  last(count: number): KeptPush[] {
    return this.pushes.slice(this.pushes.length - count);
  }

  add(push: KeptPush): void {
    this.count(push);
    this.pushes.push(push);
    this.trim();
  }

  /** @param at how many come before them */
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
