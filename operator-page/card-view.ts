import type {
  BudgetLeft,
  ConnectionAnswer,
  ConnectionDetail,
  ConnectionPage,
  ConnectionSummary,
} from 'nestjs-ws-security/admin';
import { type Act, addressActs, connectionActs, userActs } from './acts.js';
import { ApiError } from './api.js';
import { connectionTable } from './connection-table.js';
import type { Desk, Subject } from './desk.js';
import { button, type Child, facts, h, link, table, value, warning } from './dom.js';
import { inForce } from './in-force.js';
import { ago, bytes, date, number, span } from './texts.js';
import { incomplete, View } from './view.js';

/** Everything about a user, an address or a connection, and what can be done about it. */
export class CardView extends View {
  subject: Subject = {};

  constructor(private readonly desk: Desk) {
    super('Card');
  }

  protected override async load(): Promise<Child[]> {
    const { subject } = this;
    const asked = subject.connection === undefined ? undefined : await this.#detail(subject.connection);
    // A connection that is closed later does not take its user away.
    if (asked) {
      const { id, user: owner, issuer, address: from } = asked;
      this.subject = { connection: id, user: owner, issuer, address: from };
    }
    const about: Subject = asked ?? subject;
    const page = await this.#others(about);
    const [newest] = page?.connections ?? [];
    const detail = asked ?? (subject.connection === undefined && newest && (await this.#detail(newest.id)));
    const user = about.user ?? undefined;
    const address = subject.address ?? (detail ? detail.address : undefined);
    const hasTarget = user !== undefined || address !== undefined;
    return [
      page && incomplete(page.nodes),
      subject.connection !== undefined && !asked && warning('This connection is not open any more.'),
      this.#who({ ...about, issuer: about.issuer ?? issuerOf(user, page), address }),
      ...(hasTarget ? await inForce(this.desk, { user, address }) : []),
      page &&
        connectionTable(
          this.desk,
          user === undefined ? 'Connections of the address' : 'Connections of the user',
          page.connections,
          detail ? detail.id : '',
        ),
      ...(detail ? this.#connection(detail) : []),
    ];
  }

  #who({ user, issuer, address }: Subject): HTMLElement {
    return h(
      'div',
      { class: 'card' },
      facts([
        ['User', typeof user === 'string' ? value(user, 1024) : 'anonymous'],
        ['Issuer', typeof issuer === 'string' && value(issuer, 1024)],
        ['Address', address !== undefined && link(value(address), () => this.desk.openCard({ address }))],
      ]),
      this.#acts([
        ...(typeof user === 'string' ? userActs(user, issuer) : []),
        ...(address === undefined ? [] : addressActs(address)),
      ]),
    );
  }

  #connection(one: ConnectionDetail): Child[] {
    return [
      h('h3', {}, 'Connection ', h('code', {}, one.id)),
      h(
        'div',
        { class: 'card' },
        facts([
          ['Node', value(this.desk.nodeName(one.node))],
          ['Credential', one.source === null ? one.kind : `${one.kind}, ${one.source}`],
          ['Path', value(one.path)],
          ['Subprotocol', one.protocol && value(one.protocol)],
          ['Opened', `${date(one.openedAt)}, ${ago(one.openedAt)}`],
          ['Last seen', ago(one.lastSeenAt)],
          ['Credential expires', one.expiresAt === null ? 'never' : date(one.expiresAt)],
          ['Session', one.session && value(one.session)],
          ['Roles', values(one.roles)],
          ['Scopes', values(one.scopes)],
          [`Rooms (${one.roomCount})`, values(one.rooms)],
          ['Handlers', `${one.inFlight} running, ${one.queued} waiting${one.isPaused ? ', paused' : ''}`],
          ['Waits for the client', `${bytes(one.bufferedBytes)} of ${bytes(one.maxBufferedBytes)}`],
        ]),
        this.#acts(connectionActs(one.id, one.session !== null)),
      ),
      limits(one),
    ];
  }

  #acts(acts: readonly Act[]): Child {
    return h(
      'div',
      { class: 'row' },
      ...acts.map((act) => button(`${act.button} …`, () => this.desk.act(act))),
    );
  }

  async #detail(id: string): Promise<ConnectionDetail | undefined> {
    try {
      const { api } = this.desk;
      return (await api.get<ConnectionAnswer>(`/connections/${encodeURIComponent(id)}`)).connection;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  async #others({ user, issuer, address }: Subject): Promise<ConnectionPage | undefined> {
    const of = issuer === undefined ? {} : { issuer: issuer ?? '' };
    const filter = typeof user === 'string' ? { user, ...of } : address !== undefined && { address };
    return filter ? this.desk.api.get<ConnectionPage>('/connections', filter) : undefined;
  }
}

/** The issuer of a user, if all connections agree. */
function issuerOf(user: string | undefined, page: ConnectionPage | undefined): string | null | undefined {
  const issuers = new Set(page?.connections.map(({ issuer }: ConnectionSummary) => issuer));
  return user !== undefined && issuers.size === 1 ? [...issuers][0] : undefined;
}

function values(texts: readonly string[]): Child {
  return texts.length > 0 && h('span', { class: 'values' }, ...texts.map((text) => value(text)));
}

function limits({ strikes, budgets }: ConnectionDetail): HTMLElement {
  return table(
    'Limits left',
    ['Limit', 'For', 'Left', 'In', 'Again'],
    [
      [
        'strikes',
        'violations',
        left(strikes.limit - strikes.count, strikes.limit),
        span(strikes.ttlMs),
        `${number(strikes.count)} counted`,
      ],
      ...budgets.map(({ throttler, scope, remaining, limit, ttlMs, retryAfterMs }: BudgetLeft) => [
        value(throttler),
        scope === '*' ? 'all events' : value(scope),
        remaining === null ? `unknown, of ${number(limit)}` : left(remaining, limit),
        span(ttlMs),
        retryAfterMs > 0 ? `in ${span(retryAfterMs)}` : 'now',
      ]),
    ],
  );
}

function left(remaining: number, limit: number): HTMLElement {
  const text = `${number(remaining)} of ${number(limit)}`;
  return h(
    'span',
    { class: 'left' },
    h('meter', { min: 0, max: limit, low: limit / 4, optimum: limit, value: remaining, 'aria-label': text }),
    text,
  );
}
