import { parseArgs } from 'node:util';
import { nearest } from '@muster/core/nearest';

/** An option of a command, always with a value. */
export interface Option {
  description: string;
  required?: boolean;
}

/** A command: what it is called, takes and does. */
export interface Command {
  /** `company create`. */
  name: string;
  description: string;
  options: Record<string, Option>;
  run(values: Record<string, string>): Promise<unknown>;
}

/** What was typed cannot be carried out; the message says what to type. */
export class Misused extends Error {}

export interface Parsed {
  command: Command;
  values: Record<string, string>;
}

/** Reads what was typed: a command and its options. Throws Misused; `help` where help was asked for. */
export function parseCommand(commands: readonly Command[], typed: readonly string[]): Parsed | 'help' {
  if (typed.length === 0 || typed.includes('--help') || typed.includes('-h') || typed[0] === 'help') return 'help';
  const { positionals, tokens } = parseArgs({
    args: [...typed],
    strict: false,
    tokens: true,
    options: stringOptions(commands),
  });
  const command = commands.find(({ name }) => positionals.join(' ').concat(' ').startsWith(`${name} `));
  if (!command)
    throw unknown(
      'command',
      positionals.join(' '),
      commands.map(({ name }) => name),
    );
  const values: Record<string, string> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (!Object.hasOwn(command.options, token.name))
      throw unknown(
        'option',
        `--${token.name}`,
        Object.keys(command.options).map((name) => `--${name}`),
      );
    if (token.value === undefined || token.value === '') throw new Misused(`--${token.name} needs a value`);
    values[token.name] = token.value;
  }
  const [extra] = positionals.slice(command.name.split(' ').length);
  if (extra !== undefined) throw new Misused(`"${command.name}" takes no "${extra}"; texts with spaces need quotes`);
  const missing = Object.entries(command.options).filter(
    ([name, { required }]) => required && values[name] === undefined,
  );
  if (missing.length > 0)
    throw new Misused(`"${command.name}" needs ${missing.map(([name]) => `--${name}`).join(' and ')}`);
  return { command, values };
}

function stringOptions(commands: readonly Command[]) {
  const names = commands.flatMap(({ options }) => Object.keys(options));
  return Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
}

function unknown(kind: string, typed: string, known: string[]) {
  const meant = nearest(typed, known);
  const list = known.length > 0 ? known.join(', ') : 'none';
  return new Misused(
    `unknown ${kind} "${typed}"; ${meant === undefined ? `there is: ${list}` : `did you mean "${meant}"?`}`,
  );
}

/** What can be typed. */
export function describeCommands(commands: readonly Command[]): string {
  const lines = commands.flatMap(({ name, description, options }) => [
    `  ${name}`,
    `      ${description}`,
    ...Object.entries(options).map(
      ([option, { description: what, required }]) => `      --${option}  ${what}${required ? '' : ' (optional)'}`,
    ),
  ]);
  return [
    'Usage: npm run admin -- <command> [--option value …]',
    '',
    ...lines,
    '',
    'Settings: DATABASE_URL, REDIS_URL; for secret-key rotate MUSTER_SECRET_KEY, MUSTER_OLD_SECRET_KEY.',
  ].join('\n');
}
