import { randomBytes } from 'node:crypto';
import { advisoryLocks } from '@muster/core/advisoryLocks';
import { type Database } from '@muster/core/database';
import { NotReady } from '@muster/core/errors';
import { type FileStore, type SealedFile } from '@muster/pipeline/ports';
import { inSets } from '../inSets.ts';
import { analyzeTable } from './analyzeTable.ts';
import { applyRows } from './applyRows.ts';
import { type ImportDeps, type ImportInput, type ImportOptions, type ImportResult } from './importInput.ts';
import { tableOf } from './tableOf.ts';
import { resolveRows } from './resolveRows.ts';
import { type Resolving } from './resolving.ts';
import { importScratch, stageRows } from './stageRows.ts';
import { tellProgress } from './tellProgress.ts';
import { writeRefused } from './writeRefused.ts';

const MANY_ROWS = 1_000;
const RETRY_AFTER_MS = 10_000;

/**
 * Loads a file of people, loans, contacts and the like into the directory, all of it or nothing: rows upsert by
 * `externalId` (or id), absent fields stay as they are, and rows that cannot be applied are listed with their reasons. The
 * same file again changes nothing more. What was deleted stays deleted: such a row is refused, because a nightly file
 * would bring back at night what a person removed by day.
 *
 * Everything is one transaction, the tables in between too, so that whatever breaks off leaves nothing behind. Throws
 * InvalidInput for what is wrong with the file as such, without a word of what it holds (`field` is a column that we know,
 * `column <n>` or `line <n>`), NotReady while another import of the same kind is at work, TemporaryFailure
 * `importDisturbed` where others changed the same objects.
 */
export async function importRows(
  { db, store }: ImportDeps,
  input: ImportInput,
  options: ImportOptions,
): Promise<ImportResult> {
  const table = tableOf(input.kind);
  const progress = tellProgress(options.onProgress);
  const result = await inSets(db, {})(async (tx) => {
    await takeTurn(tx, input);
    const staged = await stageRows(tx, { input, table, store, options, tell: progress.tell });
    progress.enter('checking');
    const checked = importScratch(input.importId, 'checked');
    const resolving = { companyId: input.companyId, table, staged, checked };
    await resolveRows(tx, resolving);
    progress.enter('applying');
    const counts = await settle(tx, resolving);
    const refusedFile = counts.refused > 0 ? await sealRefused(tx, resolving, { store, input }) : null;
    const result = { ...counts, refusedFile };
    await options.record?.(tx, result);
    await tx.execute(`drop table ${staged.name}, ${checked}`);
    return result;
  }, options.signal);
  // it is done, whatever becomes of this
  if (result.read >= MANY_ROWS) await analyzeTable(db, table.table).catch(() => undefined);
  return result;
}

// Two files about the same objects: the second would wait for the first one's rows, and then for nothing.
async function takeTurn(tx: Database, { companyId, kind }: ImportInput) {
  const [row] = await tx.query<{ free: boolean }>('select pg_try_advisory_xact_lock($1, hashtext($2)) as free', [
    advisoryLocks.imports,
    `${companyId} ${kind}`,
  ]);
  if (!row?.free) throw new NotReady(RETRY_AFTER_MS, `another import of ${kind} is at work`);
}

async function settle(tx: Database, resolving: Resolving) {
  const [found] = await tx.query<{ fresh: number; there: number; refused: number }>(`
    select count(*) filter (where refusal is null and target is null)::int as fresh,
      count(*) filter (where refusal is null and target is not null)::int as there,
      (count(*) filter (where refusal is not null) + (select count(*) from ${resolving.staged.name} where refusal is not null))::int as refused
    from ${resolving.checked}`);
  const { fresh = 0, there: updated = 0, refused = 0 } = found ?? {};
  const { changed, inserted } = await applyRows(tx, resolving, { there: updated, fresh });
  const { read } = resolving.staged;
  if (inserted !== fresh || changed > updated || read !== inserted + updated + refused) {
    throw new Error('the counts of the rows do not add up');
  }
  return { read, inserted, updated, unchanged: updated - changed, refused };
}

async function sealRefused(
  tx: Database,
  resolving: Resolving,
  { store, input }: { store: FileStore; input: ImportInput },
): Promise<SealedFile> {
  const { companyId, importId } = input;
  // a name of its own each time: what a lost attempt sealed is in nobody's way
  const file = await store.create(`${companyId}/imports/${importId}/refused-${randomBytes(4).toString('hex')}.csv`);
  try {
    await writeRefused(tx, resolving, file.stream);
    return await file.seal();
  } finally {
    await file.discard();
  }
}
