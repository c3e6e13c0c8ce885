import { handedOver } from './handedOver.ts';

/** What there is to know of a run for what may be done with it now. */
export interface StandingView {
  /** Its contacts file is gone, and nothing else remains to be done: a cancel comes too late. */
  isHandedOver: boolean;
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
}

/** SQL for the files of the run called `item` whose deliveries are in doubt. */
export const unknownFiles = `select file from delivery where delivery.run_id = item.id and state = 'unknown'`;

/** The column that holds it, of the run called `item`. */
export const standingColumn = `jsonb_build_object(
    'isHandedOver', exists (select from delivery where ${handedOver('item.id')}),
    'unknownFiles', (select coalesce(jsonb_agg(file order by file), '[]') from (${unknownFiles}) as doubtful),
    'hasSteps', exists (select from run_step where run_step.run_id = item.id),
    'isOtherActive', exists (select from run other
      where other.campaign_id = item.campaign_id and other.status in ('pending', 'running') and other.id <> item.id),
    'isCampaignGone', not exists (select from campaign where campaign.id = item.campaign_id and deleted_at is null),
    'areFilesLeaving', item.files_leaving_at is not null,
    'queriedForMs', (select (extract(epoch from clock_timestamp() - max(finished_at)) * 1000)::float8 from run_step
      where run_step.run_id = item.id and name = 'query' and status = 'succeeded'))`;
