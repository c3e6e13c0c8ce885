import { matchingOf } from '../matchingOf.ts';
import { type AudienceScope, type InputCounts, type Matching } from '../ports.ts';
import { type StepSummary } from '../runs.ts';
import { type StepContext } from '../step.ts';
import { type Workspace } from '../workspace.ts';
import { askOutsideGuard } from './askOutsideGuard.ts';

/** Checks the query's rows and looks their borrowers up; with an exporter, matches and screens the contacts of all of them. */
export async function filterContacts(ctx: StepContext, io: Workspace): Promise<StepSummary> {
  const scope = { runId: ctx.run.id, companyId: ctx.run.companyId, attempt: ctx.lease.attempt };
  const { columns, ...input } = await ctx.audience.load(scope, await io.read('query_results.csv'), ctx.signal);
  await ctx.note('rows.checked', { ...input });
  const inputRows = await ctx.audience.writeInput(scope, await io.create('campaign_input.csv'));

  const matched = await matchRows(ctx, io, { scope, columns });
  const excludedRows = await ctx.audience.writeExclusions(scope, await io.create('exclusions.csv'));
  const fileRows = { 'campaign_input.csv': inputRows, 'exclusions.csv': excludedRows, ...matched?.fileRows };
  return { ...summaryOf(input, matched), fileRows };
}

async function matchRows(
  ctx: StepContext,
  io: Workspace,
  { scope, columns }: { scope: AudienceScope; columns: string[] },
) {
  const asking = matchingOf(ctx.run, { columns, now: await ctx.now() });
  if (!asking) return undefined;
  const isAsked = await askOutsideGuard(ctx, scope, asking);
  // to ask may have taken minutes, in which people were called: what is reserved now is for none of those calls
  const matching = isAsked ? { ...asking, now: await ctx.now() } : asking;
  const { counts, cache, rulePacks } = await ctx.audience.match(scope, matching, ctx.signal);
  const fileRows = { 'matches.csv': await ctx.audience.writeMatches(cache, await io.create('matches.csv')) };
  await ctx.note('contacts.matched', { ...counts });
  await noteScreening(ctx, matching, rulePacks);
  const screened = matching.exporter.checkCanInteractData !== null;
  const moments = { now: matching.now.toISOString(), checkedAt: asking.now.toISOString() };
  const notes = { columns, cache, exported: counts.exported, ...moments };
  return { counts, fileRows, screened, notes };
}

async function noteScreening(ctx: StepContext, { exporter, now }: Matching, rulePacks: string[]) {
  const { checkCanInteractData: asked } = exporter;
  if (asked) return ctx.note('contacts.screened', { ...asked, rulePacks, checkedAt: now.toISOString() });
  await ctx.note('screening.off', { warning: 'the exporter asks for no screening: contacts are not screened' });
}

function summaryOf(input: InputCounts, matched: Awaited<ReturnType<typeof matchRows>>): StepSummary {
  const { rows, ...counts } = input;
  return {
    rowsIn: rows,
    rowsOut: matched ? matched.counts.exported : input.goOn,
    counts: { ...counts, ...matched?.counts },
    ...(matched && { screened: matched.screened, notes: matched.notes }),
  };
}
