import { contractArguments } from './arguments.js';

it('reads the arguments', () => {
  expect(
    contractArguments([
      'contract',
      '--app',
      'dist/app.module.js',
      '--out',
      'a.json',
      '--env',
      '.env',
      '--check',
    ]),
  ).toEqual({
    app: 'dist/app.module.js',
    module: undefined,
    out: 'a.json',
    check: true,
    envFile: '.env',
  });
  expect(contractArguments(['--help'])).toBe('help');
});

it.each<[string[], RegExp]>([
  [[], /The only command is "contract"/],
  [['audit'], /The only command is "contract"/],
  [['contract'], /--app is missing/],
  [['contract', '--app', 'a.js', '--check'], /--check needs --out/],
  [['contract', '--app', 'a.js', '--chek'], /--chek/],
])('%j is refused', (args, message) => {
  expect(() => contractArguments(args)).toThrow(message);
});
