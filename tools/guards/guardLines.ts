import { type Verdict } from './tryGuard.ts';

/** What is said of one guard that was taken away. */
export function lineOf({ guard, caughtBy, tests, doubt, seconds }: Verdict): string {
  const time = `${seconds.toFixed(1)} s`;
  if (doubt !== undefined) return `DOUBTFUL  ${guard.name} (${time}): ${doubt}`;
  const [first, ...more] = caughtBy;
  if (first === undefined)
    return `SURVIVED  ${guard.name} (${time}): all ${tests} tests passed without it: ${guard.why}`;
  const others = more.length > 0 ? ` (and ${more.length} more of ${tests})` : '';
  return `ok        ${guard.name} (${time})\n          caught by: ${first}${others}`;
}

/** The last line: how many guards there are, and how many of them are missed. */
export function totalsLine(verdicts: readonly Verdict[]): string {
  const doubtful = verdicts.filter(({ doubt }) => doubt !== undefined).length;
  const caught = verdicts.filter(isCaught).length;
  return `${verdicts.length} guards: ${caught} caught, ${verdicts.length - caught - doubtful} survived, ${doubtful} doubtful`;
}

/** Whether a test misses the guard. */
export function isCaught({ caughtBy, doubt }: Verdict): boolean {
  return doubt === undefined && caughtBy.length > 0;
}

/** A table for a page of the documentation. */
export function tableLines(verdicts: readonly Verdict[]): string[] {
  const rows = verdicts.map(({ guard, caughtBy }) =>
    [guard.name, guard.why, `\`${guard.file}\``, caughtBy[0] ?? '**survived**'].map(cell),
  );
  return [
    '| guard | without it | file | caught by |',
    '| --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ];
}

function cell(text: string) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
