import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '@muster/testing/waitFor';
import { percentile } from '../../test/faults/figures.ts';
import { type Bench, type Case } from '../bench.ts';
import { type Figure, withUnit } from '../figure.ts';
import { type House, inHouse } from '../house.ts';
import { insertScheduled, latenessOf, type Scheduled } from '../scheduledCampaigns.ts';

const NAME = 'due';
const WANTED_S = 5;
const SETTLE_S = 45; // the scheduler has to put a job scheduler for each of them first
const MINUTE_MS = 60_000;
const ALL_WITHIN_MS = 300_000;

/** Very many campaigns within one minute: how late their slots and runs are committed. */
export const due: Case = { name: NAME, isQuick: false, measure };

async function measure(bench: Bench): Promise<Figure[]> {
  const count = bench.sizes.due;
  const options = { name: NAME, counts: { api: 0, worker: 0, scheduler: 0 } };
  const lateness = await inHouse(bench, options, async (house) => {
    const scheduled = await insertScheduled(house, { count, inSeconds: SETTLE_S, minutes: 1 });
    await house.start('scheduler');
    await pause(scheduled.beginsAt.getTime() + MINUTE_MS - (await house.db.now()).getTime());
    await untilAllRecorded(house, scheduled);
    return latenessOf(house, scheduled.beginsAt, new Date(scheduled.beginsAt.getTime() + MINUTE_MS));
  });
  const p95 = percentile(lateness, 0.95);
  return [
    {
      ...{
        case: NAME,
        what: `${count.toLocaleString('en-US')} campaigns due within a minute, p95 of committed minus due`,
      },
      ...{ ours: withUnit(p95, 's'), peer: '', value: p95, unit: 's', wanted: { atMost: WANTED_S } },
      samples: { p50: [percentile(lateness, 0.5)], p95: [p95], max: [percentile(lateness, 1)] },
    },
  ];
}

async function untilAllRecorded({ db }: House, { count }: Scheduled) {
  const areAll = async () => {
    const [row] = await db.query<{ count: number }>('select count(run_id)::int as count from campaign_slot');
    return (row?.count ?? 0) >= count;
  };
  await waitFor(areAll, { timeoutMs: ALL_WITHIN_MS, everyMs: 500, what: 'the slots of all campaigns' });
}
