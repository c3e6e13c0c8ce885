import { type CompanyDatabase } from './openDatabase.ts';

/** What a person asked of a run. */
export interface RunAction {
  runId: string;
  action: 'cancel' | 'retry' | 'resolve';
  /** Of the credential: never a name. */
  byKey: string;
  details?: Record<string, unknown>;
  /** In a person's own words: shown to nobody outside. */
  note?: string;
}

/** Writes down who asked what of a run. Its log does not say that: it goes to others. */
export async function addAction(
  tx: CompanyDatabase,
  { runId, action, byKey, details, note }: RunAction,
): Promise<void> {
  await tx.execute(
    'insert into run_action (company_id, run_id, action, by_key, details, note) values ($1, $2, $3, $4, $5, $6)',
    [tx.companyId, runId, action, byKey, details ?? null, note ?? null],
  );
}
