import { oneOf, raw } from '@muster/core/fields';
import { runStatuses, type RunStatus } from '@muster/pipeline/run';
import { PageQuery } from '../queries.ts';
import { MAX_ROWS, refuseRows } from './refuseRows.ts';

/** The body of `POST …/runs`. */
export class StartRun {
  @raw(
    { type: 'array', maxItems: MAX_ROWS, items: { type: 'object' } },
    {
      optional: true,
      rule: refuseRows,
      description: 'Rows in place of those of the query; an empty list is a run of none',
    },
  )
  queryResultsOverride?: Record<string, unknown>[];
}

/** The address of a list of runs. */
export class RunsQuery extends PageQuery {
  @oneOf(runStatuses, { optional: true }) status?: RunStatus;
}
