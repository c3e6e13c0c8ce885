import { type StepName } from '@muster/pipeline/run';
import { eventMessage } from './tellLost.ts';

/** Why a run needs a person, what has happened, and what there is to know of what may be done. Instants are texts of PostgreSQL. */
export interface AttentionView {
  reason: 'parked' | 'unknown';
  since: string;
  /** The files whose deliveries are in doubt. */
  unknownFiles: string[];
  /** For a retry: an outside worker's run has none. */
  hasSteps: boolean;
  /** Another run of the campaign is under way. */
  isOtherActive: boolean;
  isCampaignGone: boolean;
  /** Its files are past their retention. */
  areFilesLeaving: boolean;
  /** Since the query's result is there, in milliseconds; null where it is not. */
  queriedForMs: number | null;
  events: AttentionEvent[];
  tries: AttentionTry[];
}

export interface AttentionEvent {
  at: string;
  step: StepName | null;
  event: string;
  code: string | null;
  message: string | null;
}

export interface AttentionTry {
  file: string;
  try: number;
  state: string;
  message: string | null;
  updatedAt: string;
}

const MOST_EVENTS = 100; // the last ones: the whole story is in log.txt

// As long as its alert is open: until it is retried, a later run of its campaign succeeds, or the campaign is deleted.
const isParked = `exists (select from alert
  where alert.run_id = item.id and alert.kind = 'run.parked' and alert.resolved_at is null)`;
const unknownFiles = `select file from delivery where delivery.run_id = item.id and state = 'unknown'`;

/** The column that holds it, of the run called `item`; null for all runs but the few that need a person. */
export const attentionColumn = `
  case when exists (${unknownFiles}) or ${isParked} then
    jsonb_build_object(
      'reason', case when exists (${unknownFiles}) then 'unknown' else 'parked' end,
      'since', coalesce(item.finished_at, item.updated_at),
      'unknownFiles', (select coalesce(jsonb_agg(file order by file), '[]') from (${unknownFiles}) as doubtful),
      'hasSteps', exists (select from run_step where run_step.run_id = item.id),
      'isOtherActive', exists (select from run other
        where other.campaign_id = item.campaign_id and other.status in ('pending', 'running') and other.id <> item.id),
      'isCampaignGone', not exists (select from campaign where campaign.id = item.campaign_id and deleted_at is null),
      'areFilesLeaving', item.files_leaving_at is not null,
      'queriedForMs', (select (extract(epoch from clock_timestamp() - max(finished_at)) * 1000)::float8 from run_step
        where run_step.run_id = item.id and name = 'query' and status = 'succeeded'),
      'events', (select coalesce(jsonb_agg(jsonb_build_object('at', at, 'step', step, 'event', event,
          'code', coalesce(details ->> 'code', details ->> 'as'), 'message', ${eventMessage}) order by number), '[]')
        from (select * from run_event where run_event.run_id = item.id order by number desc limit ${MOST_EVENTS}) as last),
      'tries', (select coalesce(jsonb_agg(jsonb_build_object('file', file, 'try', try, 'state', state, 'message', message,
          'updatedAt', updated_at) order by file, try), '[]')
        from delivery where delivery.run_id = item.id))
  end`;
