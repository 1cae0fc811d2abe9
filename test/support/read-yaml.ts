import { parsers } from 'prettier/plugins/yaml';

interface Node {
  type: string;
  value?: string;
  children?: (Node | null)[];
}

/**
 * Reads one document of YAML. Plain scalars stay text.
 *
 * @throws Error for wrong syntax, also for duplicate keys, and for aliases, tags and block scalars
 */
export async function readYaml(text: string): Promise<unknown> {
  const root = (await parsers.yaml.parse(text, {} as never)) as Node;
  return valueOf(root);
}

function valueOf(node: Node | null | undefined): unknown {
  if (!node) return null;
  const children = node.children ?? [];
  switch (node.type) {
    case 'root':
    case 'document':
    case 'documentBody':
    case 'mappingKey':
    case 'mappingValue':
    case 'sequenceItem':
      return valueOf(content(children));
    case 'mapping':
    case 'flowMapping':
      return Object.fromEntries(children.map((item) => entryOf(item)));
    case 'sequence':
      return children.map((item) => valueOf(item));
    case 'plain':
    case 'quoteSingle':
    case 'quoteDouble':
      return node.value;
    case 'null':
      return null;
    default:
      throw new Error(`cannot read YAML of the kind ${node.type}`);
  }
}

/** The one child that is not the head of a document. */
function content(children: readonly (Node | null)[]): Node | null | undefined {
  return children.find(
    (child) => child !== null && child.type !== 'documentHead' && child.type !== 'comment',
  );
}

function entryOf(item: Node | null): [string, unknown] {
  const [key, value] = item?.children ?? [];
  return [String(valueOf(key)), valueOf(value)];
}
