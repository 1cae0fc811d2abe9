import { readdirSync, readFileSync } from 'node:fs';

const guides = readdirSync('docs/migration').map((name) => readFileSync(`docs/migration/${name}`, 'utf8'));

it.each(readdirSync('docs/examples/migration'))('a guide shows %s', (name) => {
  const file = `docs/examples/migration/${name}`;
  const shown = `\`\`\`ts\n// ${file}\n${readFileSync(file, 'utf8')}\`\`\``;
  expect(guides.filter((text) => text.includes(shown))).toHaveLength(1);
});
