import { defineScript } from '../link/script.js';
import { otherRulesError, rulesText } from './rules.js';

const first = defineScript('first', 'return 1');
const second = defineScript('second', 'return 2');
const settings = { WS_REDIS_LIMITS: 'leased', WS_REDIS_NODE_TTL_MS: 10_000 };

describe('the rules of a node', () => {
  it('are the same for the same scripts and settings in any order, and others for others', () => {
    const rules = rulesText([first, second], settings);
    expect(rulesText([second, first], { WS_REDIS_NODE_TTL_MS: 10_000, WS_REDIS_LIMITS: 'leased' })).toBe(
      rules,
    );
    expect(rules).toMatch(/^WS_REDIS_LIMITS=leased WS_REDIS_NODE_TTL_MS=10000 scripts=[\w-]{16}$/);
    const others = [
      rulesText([first], settings),
      rulesText([first, second], { ...settings, WS_REDIS_LIMITS: 'exact' }),
      rulesText([first, defineScript('second', 'return 3')], settings),
    ];
    expect(others).not.toContain(rules);
  });

  it('differ by name', () => {
    const own = rulesText([first], settings);
    const exact = rulesText([first], { ...settings, WS_REDIS_LIMITS: 'exact' });
    expect(otherRulesError(own, [own, exact]).problems).toEqual([
      {
        name: 'WS_REDIS_LIMITS',
        message: 'is leased here and exact on another live node; all nodes need the same',
      },
    ]);
    expect(otherRulesError(own, [rulesText([second], settings)]).problems).toEqual([
      { name: 'WS_REDIS_URL', message: expect.stringMatching(/version of nestjs-ws-security/) },
    ]);
  });
});
