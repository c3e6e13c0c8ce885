import { parseArgs } from 'node:util';

/** What is asked of the bench. */
export interface BenchOptions {
  /** The names of the cases; all where it is empty. */
  only: string[];
  /** A file for all figures, with every single value. */
  json: string | undefined;
  /** Small sizes and generous bounds of ratios: what `npm test` can afford. */
  quick: boolean;
  /** Ten times the borrowers. */
  large: boolean;
  /** Writes CPU profiles of the processes, and the plans of their statements. */
  profile: boolean;
}

export const USAGE = `npm run bench -- [--only CASE[,CASE]] [--json FILE] [--quick] [--large] [--profile]`;

/** Reads the command line. Throws, in words for a terminal, what cannot be meant. */
export function readOptions(args: string[], cases: readonly string[]): BenchOptions {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
      ...{ quick: flag, large: flag, profile: flag },
    },
  });
  const only = values.only.flatMap((names) => names.split(',')).filter(Boolean);
  const unknown = only.filter((name) => !cases.includes(name));
  if (unknown.length > 0) throw new Error(`there is no case ${unknown.join(', ')}: there are ${cases.join(', ')}`);
  if (values.quick && values.large) throw new Error('--quick and --large cannot both be meant');
  return { ...values, only, json: values.json };
}
