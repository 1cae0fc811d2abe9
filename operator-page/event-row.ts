import type { OperatorEvent } from 'nestjs-ws-security/admin';
import type { Desk } from './desk.js';
import { type Child, facts, h, link, value } from './dom.js';
import { clock } from './texts.js';

/** Fields that the first line shows, and that are the same in all events. */
const ABOVE = new Set(['type', 'time', 'schema', 'severity', 'service.name', 'service.instance.id']);

const textOf = (field: unknown): string => (typeof field === 'string' ? field : JSON.stringify(field));

/** One event: what, whom, from where, and everything else on demand. */
export function eventRow(desk: Desk, event: OperatorEvent): HTMLElement {
  const {
    type,
    time,
    node,
    severity,
    code,
    note,
    target,
    'user.id': user,
    'client.address': address,
  } = event;
  const issuer = (event['user.issuer'] as string | undefined) ?? null;
  const at = Date.parse(time);
  const part = (field: unknown): Child => field !== undefined && h('span', {}, value(textOf(field)));
  return h(
    'li',
    {
      class: `event ${['warn', 'error'].includes(String(severity)) ? String(severity) : 'info'}`,
      'data-at': time,
    },
    h('time', { datetime: time, title: time }, Number.isNaN(at) ? value(time) : clock(at)),
    h('b', {}, value(type)),
    part(code),
    part(target),
    typeof user === 'string' && link(value(user), () => desk.openCard({ user, issuer })),
    typeof address === 'string' && link(value(address), () => desk.openCard({ address })),
    part(note),
    h('span', { class: 'muted' }, value(desk.nodeName(node), 24)),
    more(event),
  );
}

/** The fields are built when somebody wants to see them. */
function more(event: OperatorEvent): HTMLElement {
  const details = h('details', {}, h('summary', {}, 'All fields'));
  const unfold = (): void => {
    const fields = Object.entries(event).filter(([name]) => !ABOVE.has(name));
    details.append(facts(fields.map(([name, field]) => [name, value(textOf(field), 2000)])));
  };
  details.addEventListener('toggle', unfold, { once: true });
  return details;
}
