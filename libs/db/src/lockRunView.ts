import { type CompanyDatabase } from './openDatabase.ts';
import { getRunView, type RunView, type WantedRun } from './runViews.ts';

/** Reads a run and keeps its row for the rest of the transaction. Throws NotFound `runNotFound`. */
export async function lockRunView(tx: CompanyDatabase, wanted: WantedRun): Promise<RunView> {
  const { id } = await getRunView(tx, wanted);
  await tx.query('select 1 from run where id = $1 for update', [id]);
  return getRunView(tx, wanted); // as it stands now that nobody else can change it
}
