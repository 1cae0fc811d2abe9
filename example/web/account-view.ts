import type { SessionBody } from 'nestjs-ws-security/client';
import { element } from './dom.js';

const DAY_MS = 86_400_000;
const TEN_MINUTES_MS = 600_000;

/** Shows the user and the end of the session, as the server reports them. */
export class AccountView {
  private readonly name = element('whoami', HTMLElement);
  private readonly validity = element('valid-until', HTMLElement);
  private expiresAt: number | null = null;

  /** Shows the name until the server has sent the session. */
  expect(user: string): void {
    this.name.textContent = user;
    this.sayValidity('');
  }

  show({ principal: { id, roles }, expiresAt }: SessionBody): void {
    this.name.textContent = [id, roles.join(', ')].filter(Boolean).join(' · ');
    this.expiresAt = expiresAt;
    this.sayValidity(expiresAt === null ? '' : `signed in until ${clockTime(expiresAt)}`);
  }

  /** Warns the user, because the connection ends with the credential. */
  renewalFailed(retry: boolean): void {
    const end = this.expiresAt === null ? '' : ` until ${clockTime(this.expiresAt)}`;
    const next = retry ? 'trying again' : 'you will be signed in again then';
    this.sayValidity(`signed in${end}, cannot be renewed: ${next}`, true);
  }

  private sayValidity(text: string, urgent = false): void {
    // A renewal is not announced, but a failed one is.
    this.validity.ariaLive = urgent ? 'polite' : 'off';
    this.validity.textContent = text;
    this.validity.hidden = text === '';
    this.validity.classList.toggle('urgent', urgent);
  }
}

/** Formats a time: with seconds if it is near, and with the date if it is not today. */
function clockTime(at: number): string {
  const left = at - Date.now();
  const timeStyle = left < TEN_MINUTES_MS ? 'medium' : 'short';
  const date = left > DAY_MS / 2 ? ({ dateStyle: 'medium' } as const) : {};
  return new Intl.DateTimeFormat(undefined, { timeStyle, ...date }).format(at);
}
