import { maskCell } from '@muster/core/maskCell';
import { type TaskWork } from './executeTask.ts';
import { matchingOf } from './matchingOf.ts';
import { type AudienceScope, type MatchCache, type Matching } from './ports.ts';
import { openPreviewWorkspace } from './previewWorkspace.ts';
import { type StepSummary } from './runs.ts';
import { type StepContext } from './step.ts';
import { filterContacts } from './steps/filterContacts.ts';
import { queryRows } from './steps/queryRows.ts';
import { trialContext, type TrialPorts } from './trialContext.ts';

const MOST_ROWS = 20;

/** Some rows, as they would be written: a list of cells each, in the order of the columns. */
export interface Sample {
  columns: string[];
  /** What each column is made of: `contact.value`, `query.amount`. */
  fields: string[];
  rows: (string | null)[][];
}

/** Gives the first rows of what steps have left in the database. */
export interface Sampler {
  /** Of the contacts that would be exported. */
  contacts(cache: MatchCache, matching: Matching, limit: number): Promise<Sample>;
  /** Of the query's rows that go on. */
  input(scope: AudienceScope, limit: number): Promise<Sample>;
}

export interface PreviewPorts extends TrialPorts {
  sampler: Sampler;
  /** Where what the query gave may lie meanwhile: for nobody else's eyes. */
  spoolDirectory: string;
}

/** What a run would do, as far as it can be told without doing it. Sample rows are masked. */
export interface Preview extends Record<string, unknown> {
  counts: Record<string, unknown>;
  /** False: contacts are not screened; null: there is no exporter, and so there are no contacts. */
  screened: boolean | null;
  columns: string[];
  sample: (string | null)[][];
}

/** Previews a campaign: the very steps of a run up to the screening; no file, no reservation, no upload. */
export function previewCampaign(ports: PreviewPorts): TaskWork {
  return {
    work: async (claim, { signal, note }) => {
      const ctx = await trialContext(claim, ports, signal);
      const io = await openPreviewWorkspace(ports.spoolDirectory, signal);
      try {
        await note({ step: 'query' });
        const query = await queryRows(ctx, io);
        await note({ step: 'filter' });
        const filter = await filterContacts(ctx, io);
        return previewOf([query, filter], await sampleOf(ctx, filter, ports.sampler));
      } finally {
        await io.discard();
      }
    },
    end: ({ taskId }) => ports.audience.drop(taskId),
  };
}

function previewOf(summaries: StepSummary[], { columns, fields, rows }: Sample): Preview {
  return {
    counts: Object.assign({}, ...summaries.map(({ counts }) => counts)) as Record<string, unknown>,
    screened: summaries.at(-1)?.screened ?? null,
    columns,
    sample: rows.map((cells) => cells.map((cell, at) => maskCell(fields[at] ?? '', cell))),
  };
}

interface FilterNotes {
  columns: string[];
  cache: MatchCache;
  now: string;
}

function sampleOf({ run, lease }: StepContext, { notes }: StepSummary, sampler: Sampler): Promise<Sample> {
  const scope = { runId: run.id, companyId: run.companyId, attempt: lease.attempt };
  const { columns, cache, now } = (notes ?? {}) as unknown as Partial<FilterNotes>;
  const matching = columns && now && matchingOf(run, { columns, now: new Date(now) });
  return cache && matching ? sampler.contacts(cache, matching, MOST_ROWS) : sampler.input(scope, MOST_ROWS);
}
