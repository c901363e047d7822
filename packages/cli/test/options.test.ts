import { describe, expect, it } from 'vitest';
import { parseOptions } from '../src/options.ts';
import { UsageError } from '../src/usage-error.ts';

describe('parseOptions', () => {
  it('audits the current folder if no path is given', () => {
    expect(parseOptions(['audit'])).toMatchObject({
      command: 'audit',
      paths: ['.'],
      format: 'text',
      strict: false,
      quiet: false,
      color: 'auto',
    });
  });

  it('reads paths and options in any order', () => {
    expect(
      parseOptions(['audit', '--format', 'json', 'a', '--rule=no-relock=warn', 'b', '--strict']),
    ).toMatchObject({
      paths: ['a', 'b'],
      format: 'json',
      strict: true,
      severities: new Map([['no-relock', 'warn']]),
    });
  });

  it('takes several rules, with or without the prefix', () => {
    const options = parseOptions([
      'audit',
      '--rule',
      'maplelock/no-relock=off',
      '--rule',
      'require-unlock=warn',
    ]);
    expect(options).toMatchObject({
      severities: new Map([
        ['no-relock', 'off'],
        ['require-unlock', 'warn'],
      ]),
    });
  });

  it.each([[[]], [['--help']], [['audit', '-h']]])('prints help for %j', (argv) => {
    expect(parseOptions(argv)).toEqual({ command: 'help' });
  });

  it.each([
    [['audti'], "there is no command 'audti'", "Did you mean 'audit'?"],
    [
      ['src/'],
      "there is no command 'src/'",
      "The commands are 'audit', 'inspect', 'rules', 'explain'; paths follow 'audit'.",
    ],
    [['audit', '--formt', 'json'], "there is no option '--formt'", "Did you mean '--format'?"],
    [
      ['audit', '--nonsense'],
      "there is no option '--nonsense'",
      "See 'maplelock --help' for the options there are.",
    ],
    [['audit', '--format', 'yaml'], "--format cannot be 'yaml'", "It is one of 'text', 'json'."],
    [['audit', '--color', 'blue'], "--color cannot be 'blue'", "It is one of 'auto', 'always', 'never'."],
    [['audit', '--rule', 'no-relok=off'], "there is no rule 'no-relok'", "Did you mean 'no-relock'?"],
    [['audit', '--rule', 'no-relock'], '--rule no-relock sets no severity', 'Write --rule no-relock=off.'],
    [
      ['audit', '--rule', 'no-relock=2'],
      "--rule no-relock cannot be '2'",
      "It is one of 'off', 'warn', 'error'.",
    ],
    [['explain', 'xyz'], "there is no rule 'xyz'", "See 'maplelock rules' for the rules there are."],
    [['explain'], 'no rule was named', "See 'maplelock rules' for the rules there are."],
  ])('refuses %j', (argv, message, remedy) => {
    const attempt = (): unknown => parseOptions(argv);
    expect(attempt).toThrow(UsageError);
    expect(attempt).toThrow(expect.objectContaining({ message, remedy }));
  });

  it('refuses an option without its value', () => {
    expect(() => parseOptions(['audit', '--format'])).toThrow(UsageError);
  });
});
