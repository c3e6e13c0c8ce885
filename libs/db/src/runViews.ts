import { NotFound } from '@muster/core/errors';
import { parseReference } from '@muster/core/reference';
import { type RunStatus, type RunWorker, type StepName } from '@muster/pipeline/run';
import { type AttentionView, attentionColumn } from './attentionView.ts';
import { destinationOf } from './ledger.ts';
import { type CompanyDatabase } from './openDatabase.ts';
import { type Page, type PageRequest, readPage } from './pages.ts';
import { standingColumn, type StandingView } from './standingView.ts';
import { type WaitingView, waitingColumn } from './waitingView.ts';

/** A run as it is shown, read in one statement. Instants inside the lists are texts of PostgreSQL. */
export interface RunView {
  id: string;
  campaignId: string;
  status: RunStatus;
  worker: RunWorker;
  trigger: 'manual' | 'schedule';
  scheduledFor: Date | null;
  requestId: string | null;
  screened: boolean | null;
  counts: Record<string, unknown>;
  errorStep: StepName | null;
  errorCode: string | null;
  errorMessage: string | null;
  createdAt: Date;
  updatedAt: Date;
  cancelAskedAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** Null: its files are not past their retention. */
  filesRemovedAt: Date | null;
  steps: StepView[];
  files: FileView[];
  deliveries: DeliveryView[];
  /** Null: it does not wait. */
  waiting: WaitingView | null;
  standing: StandingView;
  /** Null: the run needs nobody. */
  attention: AttentionView | null;
}

export interface StepView {
  name: StepName;
  status: string;
  attempts: number;
  startedAt: string | null;
  finishedAt: string | null;
  rowsIn: number | null;
  rowsOut: number | null;
  message: string | null;
  /** Workers that were lost in it since it was begun anew, one of them perhaps just now. */
  crashes: number;
  failures: number;
  /** From when on a try that fails ends the run; null: it has not failed. */
  givesUpAt: string | null;
  /** The failure that ends it at the latest; null: any number. */
  mostFailures: number | null;
}

export interface FileView {
  id: string;
  name: string;
}

export interface DeliveryView {
  file: string;
  try: number;
  /** Where it went, or was to go; null where nothing tells it any more. */
  host: string | null;
  /** Null: where the login leads. */
  directory: string | null;
  remoteName: string;
  state: string;
  sizeBytes: number;
  sha256: string;
  /** What a person has said of this try; null where it was not in doubt, or is still. */
  resolution: ResolutionView | null;
}

export interface ResolutionView {
  try: number;
  as: 'delivered' | 'notDelivered';
  note: string;
  /** The id of the credential. */
  key: string;
  at: string;
}

/** A run's file as it can be downloaded. */
export interface RunFileRow {
  id: string;
  name: string;
  key: string;
  sizeBytes: number;
  sha256: string;
  createdAt: string;
  isRemoved: boolean;
}

/** Which run, of which campaign. */
export interface WantedRun {
  /** The campaign's id, or `ext-` and the company's own. */
  campaign: string;
  runId: string;
}

const newestFiles = `select distinct on (name) id, name, key, size_bytes, sha256, created_at,
    removed_at is not null or item.files_leaving_at is not null as is_removed from file
  where file.run_id = item.id and not internal and generation >= item.generation order by name, generation desc`;

// Of a try before, a retry has overtaken the word: beside the state of the last one it would be taken for one on that.
const resolution = `select jsonb_build_object('try', last.try, 'as', details ->> 'as', 'note', note, 'key', by_key, 'at', at)
  from run_action where last.resolved_at is not null and run_action.run_id = item.id and action = 'resolve'
    and details ->> 'file' = last.file order by number desc limit 1`;

const columns = `item.id, item.campaign_id as "campaignId", item.status, item.worker, item.trigger,
  item.scheduled_for as "scheduledFor", item.request_id as "requestId", item.screened, item.counts,
  item.error_step as "errorStep", item.error_code as "errorCode", item.error_message as "errorMessage",
  item.created_at as "createdAt", item.updated_at as "updatedAt", item.cancel_asked_at as "cancelAskedAt",
  item.started_at as "startedAt", item.finished_at as "finishedAt", item.files_removed_at as "filesRemovedAt",
  (select coalesce(jsonb_agg(jsonb_build_object('name', name, 'status', status, 'attempts', attempt,
      'startedAt', started_at, 'finishedAt', finished_at, 'rowsIn', rows_in, 'rowsOut', rows_out,
      'message', message, 'failures', failures, 'givesUpAt', gives_up_at, 'mostFailures', most_failures,
      'crashes', crashes + coalesce(lease_until < clock_timestamp(), false)::int) order by ordinal), '[]')
    from run_step where run_step.run_id = item.id) as steps,
  (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'name', name)), '[]')
    from (${newestFiles}) as newest where not is_removed) as files,
  (select coalesce(jsonb_agg(jsonb_build_object('file', file, 'try', try, 'remoteName', remote_name, 'state', state,
      'sizeBytes', size_bytes, 'sha256', sha256, 'resolution', (${resolution}))
      || coalesce(destination, ${destinationOf('item')}) order by file), '[]')
    from (select distinct on (file) * from delivery where delivery.run_id = item.id order by file, try desc) as last)
    as deliveries,
  ${waitingColumn} as waiting,
  ${standingColumn} as standing,
  ${attentionColumn} as attention`;

/** Reads a run. Throws NotFound `runNotFound`. */
export async function getRunView(db: CompanyDatabase, wanted: WantedRun): Promise<RunView> {
  const condition = runCondition(db.companyId, wanted);
  const [row] = condition
    ? await db.query<RunView>(`select ${columns} from run item where ${condition.sql}`, condition.parameters)
    : [];
  if (!row) throw runNotFound();
  return row;
}

/** Why a run needs a person: a step has killed its workers, or nobody knows whether a file was delivered. */
export const attentions = ['parked', 'unknown'] as const;
export type Attention = (typeof attentions)[number];

// Each by an index of its own of the few that there are. A delivery in doubt may also be that of the log of a run that succeeded.
const attentionConditions: Record<Attention, string> = {
  parked: `item.id = any (array(select run_id from alert where kind = 'run.parked' and resolved_at is null))`,
  unknown: `item.id = any (array(select run_id from delivery where state = 'unknown'))`,
};

export interface WantedRuns {
  /** Absent: those of all campaigns. It must be the company's. */
  campaignId?: string;
  status?: RunStatus | undefined;
  /** Those that need a person for one of these reasons. */
  attention?: readonly Attention[] | undefined;
}

/** A page of runs, newest first. */
export function listRunViews(
  db: CompanyDatabase,
  { campaignId, status, attention }: WantedRuns,
  page: PageRequest,
): Promise<Page<RunView>> {
  const ofCampaign = campaignId === undefined ? '' : ' and item.campaign_id = $2';
  const scope = [db.companyId, ...(campaignId === undefined ? [] : [campaignId])];
  const filters = [
    ...(status === undefined ? [] : [`item.status = $${scope.length + 1}`]),
    ...(attention ? [`(${attention.map((reason) => attentionConditions[reason]).join(' or ')})`] : []),
  ];
  const listing = {
    table: 'run',
    columns,
    hasExternalIds: false,
    scope: { sql: `item.company_id = $1${ofCampaign}`, parameters: scope },
    filter: { sql: filters.join(' and ') || 'true', parameters: status === undefined ? [] : [status] },
  };
  return readPage<RunView>(db, listing, page);
}

/** The files of a run that users may see, in their present generation, and who brought them. Throws NotFound `runNotFound`. */
export async function listRunFiles(
  db: CompanyDatabase,
  wanted: WantedRun,
): Promise<{ worker: RunWorker; files: RunFileRow[] }> {
  const condition = runCondition(db.companyId, wanted);
  const rows = condition
    ? await db.query<{ worker: RunWorker; file: RunFileRow | null }>(
        `select item.worker, case when newest.id is not null then jsonb_build_object('id', newest.id, 'name', newest.name,
             'key', newest.key, 'sizeBytes', newest.size_bytes, 'sha256', newest.sha256,
             'createdAt', newest.created_at, 'isRemoved', newest.is_removed) end as file
         from run item left join lateral (${newestFiles}) as newest on true
         where ${condition.sql} order by newest.name`,
        condition.parameters,
      )
    : [];
  const [first] = rows;
  if (!first) throw runNotFound();
  return { worker: first.worker, files: rows.flatMap(({ file }) => file ?? []) };
}

/** SQL for which run `item` is wanted; undefined for one that cannot be. */
export function runCondition(companyId: string, { campaign, runId }: WantedRun) {
  const run = parseReference(runId);
  const reference = parseReference(campaign);
  if (!run || !('id' in run) || !reference) return undefined; // runs have no external ids
  const inCampaign =
    'id' in reference
      ? 'item.campaign_id = $3'
      : 'item.campaign_id = (select id from campaign where company_id = $2 and external_id = $3)';
  return {
    sql: `item.id = $1 and item.company_id = $2 and ${inCampaign}`,
    parameters: [run.id, companyId, 'id' in reference ? reference.id : reference.externalId],
  };
}

/** What to throw where there is no such run, or it is another company's. */
export function runNotFound() {
  return new NotFound('runNotFound', 'there is no such run of this campaign');
}
