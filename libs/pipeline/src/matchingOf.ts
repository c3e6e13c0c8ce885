import { defaultGuardSettings } from '@muster/core/guardSettings';
import { type Matching } from './ports.ts';
import { type Run } from './run.ts';

/** What matching needs to know of a run, beside its rows; undefined where it has no exporter. */
export function matchingOf(
  { id, campaignId, startedAt, settings: { exporter, company } }: Run,
  found: { columns: string[]; now: Date },
): Matching | undefined {
  if (!exporter) return undefined;
  return {
    exporter,
    run: { id, campaignId, startedAt },
    timeZone: company.timeZone,
    guard: company.guard ?? defaultGuardSettings,
    queryColumns: found.columns,
    now: found.now,
  };
}
