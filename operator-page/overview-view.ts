import type { NodeSummary, Overview } from 'nestjs-ws-security/admin';
import { drainAct } from './acts.js';
import type { Desk } from './desk.js';
import { button, type Child, h, table, value, warning } from './dom.js';
import { inForce } from './in-force.js';
import { bytes, number, span } from './texts.js';
import { incomplete, View } from './view.js';

/** All nodes at a glance. */
export class OverviewView extends View {
  constructor(private readonly desk: Desk) {
    super('Overview');
  }

  protected override async load(): Promise<Child[]> {
    const [overview, rest] = await Promise.all([
      this.desk.api.get<Overview>('/overview'),
      inForce(this.desk, {}),
    ]);
    this.desk.tell(overview);
    return [
      incomplete(overview.nodes),
      !overview.sameSettings && warning('The nodes have different settings.'),
      tiles(overview),
      this.#nodes(overview.perNode),
      ...rest,
    ];
  }

  #nodes(nodes: readonly NodeSummary[]): HTMLElement {
    return table(
      'Nodes',
      ['Node', 'Health', 'Connections', 'Users', 'Rooms', 'Memory', 'Up', 'Version', 'Settings', ''],
      nodes.map((node) => [
        h('span', {}, value(node.name, 24), node.isSelf && h('span', { class: 'tag' }, 'answers')),
        h('span', { class: `health ${node.health}` }, node.isDraining ? 'draining' : node.health),
        `${number(node.connections)} of ${number(node.maxConnections)}`,
        number(node.users),
        number(node.rooms),
        bytes(node.memoryBytes),
        span(Date.now() - node.startedAt),
        value(node.version, 24),
        h('code', {}, node.settings),
        button('Drain …', () => this.desk.act(drainAct(node.id, node.name))),
      ]),
    );
  }
}

function tiles(overview: Overview): HTMLElement {
  const { nodes, connections, maxConnections, users, anonymous, refusals } = overview;
  const refused = Object.values(refusals).reduce((sum, count) => sum + count, 0);
  const share = maxConnections > 0 ? ` (${Math.round((connections / maxConnections) * 100)} %)` : '';
  const tile = (name: string, count: number, text: string): HTMLElement =>
    h(
      'div',
      { class: 'tile' },
      h('dt', {}, name),
      h('dd', {}, h('b', {}, number(count)), h('span', {}, text)),
    );
  return h(
    'dl',
    { class: 'tiles' },
    tile('Connections', connections, `of ${number(maxConnections)}${share}`),
    tile('Users', users, `and ${number(anonymous)} anonymous`),
    tile('Refusals', refused, 'in 15 minutes'),
    tile('Nodes', nodes.answered, `of ${number(nodes.asked)} answered`),
  );
}
