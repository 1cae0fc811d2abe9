import type { Overview } from 'nestjs-ws-security/admin';
import { ActDialog } from './act-dialog.js';
import { Api, ApiError, explain } from './api.js';
import { CardView } from './card-view.js';
import type { Desk } from './desk.js';
import { element, h } from './dom.js';
import { EventsView } from './events-view.js';
import { OverviewView } from './overview-view.js';
import { RefusalsView } from './refusals-view.js';
import { SearchView } from './search-view.js';
import { nodesText } from './texts.js';
import type { View } from './view.js';

const REFRESH_MS = 10_000;
const SAID_MS = 15_000;
/** Views whose content is replaced by itself. */
const RENEWED = ['overview', 'refusals'];

const content = element('content', HTMLElement);
const nav = element('nav', HTMLElement);
const nodes = element('nodes', HTMLElement);
const said = element('said', HTMLElement);
const signInForm = element('sign-in', HTMLFormElement);
const signInError = element('sign-in-error', HTMLElement);
const signOutButton = element('sign-out', HTMLButtonElement);
const tokenField = element('token', HTMLInputElement);

const names = new Map<string, string>();
let isSignedIn = false;
let current: View | undefined;

const api = new Api(() => {
  if (isSignedIn) signOut('The token is not valid any more.');
});
const desk: Desk = {
  api,
  openCard(subject) {
    card.subject = subject;
    if (location.hash === '#card') route();
    else location.hash = 'card';
  },
  act: (act) => dialog.open(act),
  nodeName: (id) => names.get(id) ?? id,
  tell(overview: Overview) {
    nodes.textContent = nodesText(overview.nodes);
    nodes.classList.toggle('warn', overview.nodes.answered < overview.nodes.asked);
    for (const { id, name } of overview.perNode) names.set(id, name);
  },
};
const card = new CardView(desk);
const events = new EventsView(desk);
const views: Readonly<Record<string, View>> = {
  overview: new OverviewView(desk),
  connections: new SearchView(desk),
  refusals: new RefusalsView(desk),
  events,
  card,
};
const dialog = new ActDialog(api, (text) => {
  say(text);
  current?.heading.focus();
  void current?.refresh();
});
const links = Object.entries(views)
  .filter(([, view]) => view !== card)
  .map(([name, view]) => h('a', { href: `#${name}` }, view.heading.textContent));
nav.append(...links);

let silence = 0;
function say(text: string): void {
  said.textContent = text;
  clearTimeout(silence);
  silence = window.setTimeout(() => (said.textContent = ''), SAID_MS);
}

/** Shows the view that the address of the page names. */
function route(): void {
  if (!isSignedIn) return;
  const name = location.hash.slice(1);
  const isEmptyCard = name === 'card' && Object.keys(card.subject).length === 0;
  const wanted = isEmptyCard ? views['connections'] : Object.hasOwn(views, name) && views[name];
  const next = (wanted || views['overview']) as View;
  current?.hide();
  current?.root.remove();
  const isFirst = current === undefined;
  current = next;
  content.append(next.root);
  document.title = `${next.heading.textContent} – Operate`;
  for (const anchor of links)
    if (anchor.textContent === next.heading.textContent) anchor.ariaCurrent = 'page';
    else anchor.removeAttribute('aria-current');
  next.show();
  if (!isFirst) next.heading.focus();
}

function signOut(text: string): void {
  isSignedIn = false;
  api.signIn('');
  events.clear();
  card.subject = {};
  current?.hide();
  for (const view of Object.values(views)) {
    if (view !== events) view.body.replaceChildren();
    view.root.querySelector('form')?.reset();
  }
  current?.root.remove();
  current = undefined;
  if (dialog.isOpen) dialog.close();
  nodes.textContent = said.textContent = '';
  show(text);
}

function show(error: string): void {
  nav.hidden = signOutButton.hidden = !isSignedIn;
  signInForm.hidden = isSignedIn;
  signInError.textContent = error;
  if (isSignedIn) route();
  else tokenField.focus();
}

/** A guard of the application may know the operator without a token, for example by a cookie. */
async function signIn(token: string): Promise<void> {
  api.signIn(token);
  let error = '';
  try {
    desk.tell(await api.get<Overview>('/overview'));
    isSignedIn = true;
  } catch (caught) {
    api.signIn('');
    const isFirst = token === '' && caught instanceof ApiError && caught.status === 401;
    error = isFirst ? '' : explain(caught);
  }
  show(error);
}

signInForm.addEventListener('submit', (event) => {
  event.preventDefault();
  const token = tokenField.value.trim();
  tokenField.value = '';
  void signIn(token);
});
signOutButton.addEventListener('click', () => signOut(''));
addEventListener('hashchange', route);
setInterval(() => {
  const isRenewed = RENEWED.some((name) => views[name] === current);
  if (isRenewed && !document.hidden && !dialog.isOpen && !current?.isInUse) void current?.refresh();
}, REFRESH_MS);
void signIn('');
