import { type ShownRun, untilRun } from '../e2e/campaignRuns.ts';
import {
  type HeldRun,
  holdInExport,
  holdInFilter,
  holdInQuery,
  holdInRename,
  holdInReport,
  holdInUpload,
} from '../e2e/heldRuns.ts';
import { type House } from '../e2e/house.ts';
import { checkRuns } from './checkRuns.ts';
import { phonesOf } from './phonesOf.ts';
import { noteTotals } from './totals.ts';

// In this order: who holds the filter holds it for all.
const holds = {
  upload: holdInUpload,
  rename: holdInRename,
  report: holdInReport,
  export: holdInExport,
  filter: holdInFilter,
  query: holdInQuery,
};
export type HeldAt = keyof typeof holds;
type HeldRuns = Partial<Record<HeldAt, HeldRun>>;

/** Has runs stand in the middle of these steps, each with a campaign and a drop of its own. */
export async function holdEverywhere(house: House, where = Object.keys(holds) as HeldAt[]): Promise<HeldRuns> {
  const held: HeldRuns = {};
  for (const at of where) held[at] = await holds[at](house);
  return held;
}

/** Lets them go on; a server that owes an answer cuts the line, so that nobody waits for it. */
export async function letGoAll(held: HeldRuns): Promise<void> {
  await Promise.all(
    Object.values(held).map(async ({ drop, letGo }) => {
      await letGo().catch(() => undefined); // a lock is lost with its connection
      drop.cutAll();
    }),
  );
}

/** Waits for their ends; gives what they broke of the invariants, and how they ended. */
export async function endsOf(
  house: House,
  held: HeldRuns,
): Promise<{ ends: Record<string, string>; faults: string[] }> {
  const faults: string[] = [];
  const ends: Record<string, string> = {};
  for (const [at, { path, drop }] of Object.entries(held)) {
    const run: ShownRun = await untilRun(house, path);
    ends[at] = run.error?.code ?? run.status;
    const outcome = await checkRuns({ db: house.db, accepted: [run.id], drop, phonesOf: phonesOf(house) });
    noteTotals({ ...outcome, kills: 0 });
    faults.push(...outcome.faults);
  }
  return { ends, faults };
}

/** The end that all of them should have. */
export function allSucceeded(held: HeldRuns): Record<string, string> {
  return Object.fromEntries(Object.keys(held).map((at) => [at, 'succeeded']));
}
