import { type Database } from '@muster/core/database';
import { type AudienceScope, type MatchCache, type Matching } from '@muster/pipeline/ports';
import { type Sample, type Sampler } from '@muster/pipeline/previewCampaign';
import { readLoaded } from './loadedRows.ts';
import { exportedRows } from './matchCache.ts';
import { planMatch } from './matchPlan.ts';
import { scratchTables } from './scratchTables.ts';

/** The first rows of what a run would write, as they would be written: whoever shows them masks them. */
export function sampleRows(db: Database): Sampler {
  return {
    contacts: (cache, matching, limit) => sampleContacts(db, { cache, matching }, limit),
    input: (scope, limit) => sampleInput(db, scope, limit),
  };
}

async function sampleContacts(
  db: Database,
  { cache, matching }: { cache: MatchCache; matching: Matching },
  limit: number,
): Promise<Sample> {
  const { header, outputs } = planMatch(matching);
  const cells = await cellsOf(db, { select: outputs, from: `${exportedRows(cache)} limit ${limit}` });
  return { columns: header, fields: matching.exporter.columnSettings.map(({ field }) => field), rows: cells };
}

async function sampleInput(db: Database, scope: AudienceScope, limit: number): Promise<Sample> {
  const { source, checked } = scratchTables(scope);
  return db.transaction(async (tx) => {
    const { columns } = await readLoaded(tx, scratchTables(scope));
    const select = columns.map((_, at) => `s.c${at + 1}`);
    const from = `from ${source} s join ${checked} r on r.line = s.line where r.reason is null order by s.line limit ${limit}`;
    return { columns, fields: columns.map((name) => `query.${name}`), rows: await cellsOf(tx, { select, from }) };
  });
}

async function cellsOf(db: Database, { select, from }: { select: string[]; from: string }) {
  const texts = select.map((cell) => `(${cell})::text`);
  const rows = await db.query<{ cells: (string | null)[] }>(
    `select array[${texts.join(', ')}]::text[] as cells ${from}`,
  );
  return rows.map(({ cells }) => cells);
}
