import { WsConnectGuard } from 'nestjs-ws-security';

/** Decides when the test says so. */
export class LateGuard extends WsConnectGuard {
  static asked: (() => void) | undefined;
  static decision: Promise<boolean> = Promise.resolve(true);

  canConnect(): Promise<boolean> {
    LateGuard.asked?.();
    return LateGuard.decision;
  }

  /** @returns what resolves when the guard is asked next, and what makes it decide then */
  static hold(): { asked: Promise<void>; decide: () => void } {
    let decide = (): void => undefined;
    LateGuard.decision = new Promise((resolve) => (decide = () => resolve(true)));
    return { asked: new Promise((resolve) => (LateGuard.asked = resolve)), decide };
  }

  static reset(): void {
    LateGuard.asked = undefined;
    LateGuard.decision = Promise.resolve(true);
  }
}
