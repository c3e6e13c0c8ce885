import { type CompanyDatabase } from './openDatabase.ts';

/** Which of these ids are those of runs of the company. */
export async function findOwnRuns(db: CompanyDatabase, runIds: readonly string[]): Promise<Set<string>> {
  if (runIds.length === 0) return new Set();
  const rows = await db.query<{ id: string }>('select id from run where company_id = $1 and id = any($2)', [
    db.companyId,
    runIds,
  ]);
  return new Set(rows.map(({ id }) => id));
}
