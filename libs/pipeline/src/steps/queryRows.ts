import { pipeline } from 'node:stream/promises';
import { PermanentFailure } from '@muster/core/errors';
import { type StepContext } from '../step.ts';
import { type Run } from '../run.ts';
import { type StepSummary } from '../runs.ts';
import { type Workspace } from '../workspace.ts';
import { overrideColumns, overrideCsv } from './overrideCsv.ts';

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

/** A list of nobody has no columns to be missed: it is as if it had those that the exporter prints. */
function columnsOfNobody({ settings }: Run) {
  const fields = settings.exporter?.columnSettings.map(({ field }) => field) ?? [];
  const printed = fields.filter((field) => field.startsWith('query.')).map((field) => field.slice('query.'.length));
  return [...new Set(['borrowerId', ...printed])];
}

async function writeOverride({ run, runs, note, signal }: StepContext, io: Workspace) {
  // any row may bring a column: so they are read twice
  const columns = await overrideColumns(runs.overrideRows(run.id), columnsOfNobody(run));
  const file = await io.create('query_results.csv');
  let rows = 0;
  const counted = async function* () {
    for await (const part of runs.overrideRows(run.id)) {
      rows += part.length;
      yield part;
    }
  };
  await pipeline(overrideCsv(columns, counted()), file, { signal });
  await note('query.overridden', { rows });
  return rows;
}
