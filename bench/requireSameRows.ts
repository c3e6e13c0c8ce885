import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** Throws where two files of contacts differ in what they hold: then there is nothing to compare. Gives the count of rows. */
export async function requireSameRows(ourFile: string, peerFile: string): Promise<number> {
  const [ours, peers] = await Promise.all(
    [ourFile, peerFile].map(async (file) => rowsOf(await readFile(file, 'utf8'))),
  );
  if (!ours || !peers || ours.length === 0) throw new Error('there are no contacts to compare');
  if (digestOf(ours) === digestOf(peers)) return ours.length;
  const [onlyOurs, onlyPeers] = [countMissing(ours, peers), countMissing(peers, ours)];
  const difference = `${onlyOurs} of our ${ours.length} contacts are not the script's, ${onlyPeers} of its ${peers.length} are not ours`;
  throw new Error(`the script and we differ in who may be called: ${difference}`);
}

function countMissing(rows: readonly string[], from: readonly string[]) {
  const known = new Set(from);
  return rows.filter((row) => !known.has(row)).length;
}

/** The rows of a CSV in an order of their own: without the names of its columns, however its lines end. */
export function rowsOf(csv: string): string[] {
  const lines = csv.split(/\r?\n/).slice(1);
  if (lines.at(-1) === '') lines.pop();
  return lines.sort();
}

function digestOf(rows: readonly string[]): string {
  return createHash('sha256').update(rows.join('\n')).digest('hex');
}
