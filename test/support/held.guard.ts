import { WsConnectGuard } from 'nestjs-ws-security';

/** A connect guard that waits for the test to decide. */
export class HeldGuard extends WsConnectGuard {
  static asked: (() => void) | undefined;
  static decision: Promise<boolean> = Promise.resolve(true);

  canConnect(): Promise<boolean> {
    HeldGuard.asked?.();
    return HeldGuard.decision;
  }

  /** Holds decisions back. @returns a promise for the next call of the guard, and a function that accepts */
  static hold(): { asked: Promise<void>; decide: () => void } {
    let decide = (): void => undefined;
    HeldGuard.decision = new Promise((resolve) => (decide = () => resolve(true)));
    return { asked: new Promise((resolve) => (HeldGuard.asked = resolve)), decide };
  }

  static reset(): void {
    HeldGuard.asked = undefined;
    HeldGuard.decision = Promise.resolve(true);
  }
}
