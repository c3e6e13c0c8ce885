import { addAbortSignal } from 'node:stream';
import { PermanentFailure } from '@muster/core/errors';
import { matchingOf } from '../matchingOf.ts';
import { type MatchCache, type Matching } from '../ports.ts';
import { RETRY_ADVICE } from '../retryAdvice.ts';
import { type StepSummary } from '../runs.ts';
import { type StepContext } from '../step.ts';
import { type Workspace } from '../workspace.ts';

interface FilterNotes {
  columns: string[];
  cache: MatchCache;
  exported: number;
  now: string;
}

/** Prints what the filter has matched as `contacts_output.csv`; fails rather than print one row more or less. */
export async function exportContacts(ctx: StepContext, io: Workspace): Promise<StepSummary> {
  const notes = (await ctx.runs.notesOf(ctx.run.id, 'filter')) as unknown as FilterNotes;
  const matching = matchingOf(ctx.run, { columns: notes.columns, now: new Date(notes.now) });
  if (!matching) throw new Error(`run ${ctx.run.id} has no exporter, and yet an export`);
  const cache = (await ctx.audience.holds(notes.cache, ctx.signal))
    ? notes.cache
    : await restoreCache(ctx, io, matching);
  const rowsOut = await ctx.audience.writeContacts(cache, matching, await io.create('contacts_output.csv'));
  if (rowsOut !== notes.exported) {
    const difference = `${rowsOut} contacts were printed, but ${notes.exported} were matched`;
    throw new PermanentFailure(
      'countsDiffer',
      `${difference}; the file was not delivered: report this, and ${RETRY_ADVICE}`,
    );
  }
  return { rowsIn: notes.exported, rowsOut, fileRows: { 'contacts_output.csv': rowsOut } };
}

/** PostgreSQL empties unlogged tables after a crash of its own: the sealed artefact brings them back. */
async function restoreCache(ctx: StepContext, io: Workspace, matching: Matching) {
  await ctx.note('cache.restored');
  const scope = { runId: ctx.run.id, companyId: ctx.run.companyId, attempt: ctx.lease.attempt };
  const matches = addAbortSignal(ctx.signal, await io.read('matches.csv')); // closed, it stops whoever reads it
  return ctx.audience.restore(scope, matching, matches);
}
