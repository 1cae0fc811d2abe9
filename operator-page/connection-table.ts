import type { ConnectionSummary } from 'nestjs-ws-security/admin';
import type { Desk } from './desk.js';
import { h, link, muted, table, value } from './dom.js';
import { ago, date } from './texts.js';

/** A list of connections, with ways to their cards. */
export function connectionTable(
  desk: Desk,
  label: string,
  list: readonly ConnectionSummary[],
  current = '',
): HTMLElement {
  if (list.length === 0) return muted('No connections.');
  return table(
    label,
    ['User', 'Address', 'Path', 'Credential', 'Node', 'Opened', 'Last seen'],
    list.map(({ id, user, address, path, kind, source, node, openedAt, lastSeenAt }) => [
      h(
        'span',
        {},
        link(user === null ? 'anonymous' : value(user), () => desk.openCard({ connection: id })),
        id === current && h('span', { class: 'tag' }, 'below'),
      ),
      link(value(address), () => desk.openCard({ address })),
      value(path),
      source === null ? kind : `${kind}, ${source}`,
      value(desk.nodeName(node), 24),
      h('time', { title: date(openedAt) }, ago(openedAt)),
      h('time', { title: date(lastSeenAt) }, ago(lastSeenAt)),
    ]),
  );
}
