import { type RunStatus } from '@muster/pipeline/run';
import { type RunSettings } from '@muster/pipeline/runSettings';
import { type CompanyDatabase } from './openDatabase.ts';
import { runCondition, runNotFound, type WantedRun } from './runViews.ts';

/** A run whose row is held: nobody else ends, cancels, reopens it, or begins to rename its file. */
export interface LockedRun {
  id: string;
  campaignId: string;
  status: RunStatus;
  generation: number;
  cancelAsked: boolean;
  screened: boolean | null;
  /** A file of an earlier generation was handed over. */
  handedOver: boolean;
  /** Its files are past their retention: gone, or about to go. */
  filesLeaving: boolean;
  settings: RunSettings;
}

/** Locks one of the company's runs, for what a person asks of it. Throws NotFound `runNotFound`. */
export async function lockWantedRun(tx: CompanyDatabase, wanted: WantedRun): Promise<LockedRun> {
  const condition = runCondition(tx.companyId, wanted);
  const [run] = condition
    ? await tx.query<LockedRun>(
        `select id, campaign_id as "campaignId", status, generation, cancel_asked_at is not null as "cancelAsked",
           screened, handed_over as "handedOver", files_leaving_at is not null as "filesLeaving", settings
         from run item where ${condition.sql} for update`,
        condition.parameters,
      )
    : [];
  if (!run) throw runNotFound();
  return run;
}
