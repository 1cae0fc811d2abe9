import { WsClient } from 'nestjs-ws-security/client';
import type { ChatEvents } from '../chat-events.js';
import { AccountView } from './account-view.js';
import { adminActions } from './admin-actions.js';
import { AdminPanel } from './admin-panel.js';
import { Composer } from './composer.js';
import { element } from './dom.js';
import { MessageList } from './message-list.js';
import { Notice } from './notice.js';
import { missedText } from './missed-text.js';
import { NodeView } from './node-view.js';
import { type Problem, problemText } from './problem-text.js';
import { Room } from './room.js';
import { Session, SignInRefused } from './session.js';
import { StatusView } from './status-view.js';

const signInForm = element('sign-in', HTMLFormElement);
const user = element('user', HTMLSelectElement);
const signOutButton = element('sign-out', HTMLButtonElement);
const lifetime = element('lifetime', HTMLSelectElement);
const chat = element('chat', HTMLElement);

let session: Session | null = null;

const client = new WsClient<ChatEvents>({ url: '/ws', token: credential });
const account = new AccountView();
const admin = new AdminPanel(adminActions(client, () => credential({ reauthenticate: false })));
const node = new NodeView(client);
const notice = new Notice();
const messages = new MessageList();
const statusView = new StatusView({
  retryNow: () => client.retryNow(),
  connectAgain: () => {
    session?.forget();
    void client.connect();
  },
});
const room = new Room(client, {
  joined(again) {
    composer.allow({ joined: true });
    if (again) messages.addSystemLine('Connection restored');
  },
  refused: (error) => explain(error, 'The room cannot be joined.'),
  said: (message) => messages.addMessage(message, message.from === session?.user),
});
const composer = new Composer({
  send(text) {
    notice.dismiss();
    return room.send(text);
  },
  failed: (error) => explain(error),
});

client.on('status', (status) => {
  statusView.show(status, session !== null);
  composer.allow({ joined: false });
  node.hide();
  if (status.state === 'open') void Promise.all([room.join(), node.ask()]);
  if (status.state === 'closed') showUser(session?.user ?? '');
});
client.on('session', (body) => {
  account.show(body);
  admin.show(body.principal.roles.includes('admin'));
});
client.on('refreshed', (body) => account.show(body));
client.on('refreshFailed', ({ retry }) => account.renewalFailed(retry));
client.on('resumed', (outcome) => {
  const text = missedText(outcome);
  if (text !== null) messages.addSystemLine(text);
});
client.on('problem', (error) => explain(error));

signInForm.addEventListener('submit', (event) => {
  event.preventDefault();
  showSignedIn(new Session(user.value, Number(lifetime.value)));
  void client.connect();
  composer.focus();
});
signOutButton.addEventListener('click', () => signOut('Signed out'));

async function credential(why: { reauthenticate: boolean }): Promise<string | null> {
  const asked = session;
  try {
    return (await asked?.credential(why)) ?? null;
  } catch (error) {
    // While the connection is open, there is time to retry.
    const final = error instanceof SignInRefused && asked === session && client.state !== 'open';
    if (final) signOut('This service does not let you sign in.');
    throw error;
  }
}

function signOut(reason: string): void {
  showSignedIn(null);
  client.close(reason);
  user.focus();
}

function showSignedIn(next: Session | null): void {
  session = next;
  room.leave();
  node.forget();
  messages.clear();
  notice.clear();
  composer.reset();
  showUser(next?.user ?? '');
  signInForm.hidden = next !== null;
  signOutButton.hidden = next === null;
  chat.hidden = next === null;
}

/** Shows only the name until the server has sent the session. */
function showUser(name: string): void {
  account.expect(name);
  admin.show(false);
}

/** Shows `text`, or a countdown if the client has to wait. */
function explain(problem: Problem, text = problemText(problem)): void {
  const { code, message, retryAfterMs } = problem;
  const kind = code === 'RATE_LIMITED' ? 'rate-limit' : 'error';
  if (retryAfterMs === undefined) return notice.show(kind, text);
  composer.allow({ limited: true });
  notice.wait(kind, message, retryAfterMs, () => composer.allow({ limited: false }));
}
