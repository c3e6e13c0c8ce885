import { PermanentFailure } from '@muster/core/errors';
import { type StepContext } from '../step.ts';
import { type StepSummary } from '../runs.ts';
import { type Workspace } from '../workspace.ts';
import { overrideCsv } from './overrideCsv.ts';

/** Executes the campaign's query afresh, or takes the rows that the caller handed in, and keeps them as `query_results.csv`. */
export async function queryRows(ctx: StepContext, io: Workspace): Promise<StepSummary> {
  const rowsOut = ctx.run.settings.hasOverride ? await writeOverride(ctx, io) : await askRedash(ctx, io);
  return { rowsOut, counts: { queried: rowsOut } };
}

async function askRedash(ctx: StepContext, io: Workspace) {
  const query = await queryOf(ctx);
  const { rows, columns } = await ctx.source.fetchRows(query, await io.create('query_results.csv'), ctx.signal);
  await ctx.note('query.answered', { rows, columns: columns.length });
  return rows;
}

async function queryOf({ run, secrets }: StepContext) {
  const url = run.settings.campaign.redashQueryUrl;
  if (!url) {
    const mend = 'set redashQueryUrl, or start the run with queryResultsOverride';
    throw new PermanentFailure('queryNotSet', `campaign ${run.campaignId} names no query: ${mend}`);
  }
  const { redashApiKey } = await secrets.read(run.id);
  if (!redashApiKey) {
    const why = 'none is stored, or the query was moved to another server since this run began';
    throw new PermanentFailure(
      'redashKeyMissing',
      `campaign ${run.campaignId} has no redashApiKey: ${why}; set it, and start a new run`,
    );
  }
  return { url, apiKey: redashApiKey };
}

async function writeOverride({ run, runs, note }: StepContext, io: Workspace) {
  const rows = await runs.overrideRows(run.id);
  const file = await io.create('query_results.csv');
  file.end(overrideCsv(rows));
  await note('query.overridden', { rows: rows.length });
  return rows.length;
}
