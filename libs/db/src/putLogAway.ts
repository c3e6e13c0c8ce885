import { type CompanyDatabase } from './openDatabase.ts';

/**
 * Makes room for a new `log.txt` of a run: what has been sealed stays as it is, as a file of ours that nobody is shown. The
 * new log says all that it said.
 */
export async function putLogAway(tx: CompanyDatabase, runId: string): Promise<void> {
  await tx.execute(`update file set name = 'log of ' || id, internal = true where run_id = $1 and name = 'log.txt'`, [
    runId,
  ]);
  await tx.execute('update run set log_sealed_at = null where id = $1', [runId]);
}
