import { ignored, oneOf, raw, text } from '@muster/core/fields';
import { runStatuses, type RunStatus } from '@muster/pipeline/run';
import { PageQuery } from '../queries.ts';
import { ReadOnlyFields } from '../readOnlyFields.ts';
import { MAX_ROWS } from './collectRows.ts';

/** The body of `POST …/runs`. Its rows are checked where they are read: `collectRows.ts`. */
export class StartRun {
  @raw(
    { type: 'array', maxItems: MAX_ROWS, items: { type: 'object' } },
    { optional: true, description: 'Rows in place of those of the query; an empty list is a run of none' },
  )
  queryResultsOverride?: Record<string, unknown>[];
  @oneOf(['external'], {
    optional: true,
    description: 'An outside worker does the work, and reports by updating the run. Absent: our own workers do it',
  })
  worker?: 'external';
}

/** The address of a list of runs. */
export class RunsQuery extends PageQuery {
  @oneOf(runStatuses, { optional: true }) status?: RunStatus;
}

const file = (name: string) =>
  text({
    ...{ optional: true, nullable: true, min: 1, max: 50, example: 'FL-5D2P-Y7QK' },
    description: `The id of a file that was put; it becomes ${name} of the run. Null: none`,
  });

/** The body of an update of a run's data. What runs hold besides may be sent back, and is left alone. */
export class UpdateRun extends ReadOnlyFields {
  @oneOf(runStatuses, { optional: true, description: 'The same as now, or one that follows from it' })
  status?: RunStatus;
  @text({
    ...{ optional: true, min: 1, example: 'CM-7K2M-Q9TX' },
    description: 'The id of the campaign, which cannot be changed',
  })
  borrowerCampaignId?: string;
  @file('query_results.csv') queryResultsFileId?: string | null;
  @file('campaign_input.csv') campaignInputFileId?: string | null;
  @file('contacts_output.csv') contactsOutputFileId?: string | null;
  @file('log.txt') logFileId?: string | null;
  @raw(
    { type: 'array', maxItems: 100, items: { type: 'string', maxLength: 255 } },
    { optional: true, rule: refuseNames, description: 'Follows from the files: what is sent is left alone' },
  )
  availableFiles?: string[];
  @ignored() worker?: unknown;
  @ignored() trigger?: unknown;
  @ignored() scheduledFor?: unknown;
  @ignored() cancelAskedAt?: unknown;
  @ignored() startedAt?: unknown;
  @ignored() finishedAt?: unknown;
  @ignored() filesRemovedAt?: unknown;
  @ignored() screened?: unknown;
  @ignored() steps?: unknown;
  @ignored() counts?: unknown;
  @ignored() deliveries?: unknown;
  @ignored() error?: unknown;
  @ignored() actions?: unknown;
  @ignored() attention?: unknown;
  @ignored() requestId?: unknown;
}

function refuseNames(names: unknown) {
  const isList = Array.isArray(names) && names.length <= 100;
  if (isList && names.every((name) => typeof name === 'string' && name.length <= 255)) return undefined;
  return { code: 'wrongType', message: 'must be a list of up to 100 names' };
}
