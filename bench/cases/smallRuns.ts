import { inLanes } from '@muster/core/inLanes';
import { waitFor } from '@muster/testing/waitFor';
import { type Bench, type Case } from '../bench.ts';
import { bareBullmq } from '../bareBullmq.ts';
import { addCampaigns, type Campaign, startRun } from '../campaigns.ts';
import { type Figure, withUnit } from '../figure.ts';
import { type House, inHouse } from '../house.ts';
import { makeBorrowers } from '../makeBorrowers.ts';
import { inTurns, median, ratioOf } from '../rounds.ts';
import { scriptedRuns } from '../script/scriptedRuns.ts';

const NAME = 'small-runs';
const WANTED = { whole: 0.05, quick: 0.004 };
const BY_SCRIPT = 1;
const AT_ONCE = 16;
const WORKERS = 2; // as docker-compose.yml has them
const WARM_UP = 100;
const TIMEOUT_MS = 600_000;

/**
 * Many small runs, against bare BullMQ that hands as many jobs from queue to queue and does nothing, and against the script
 * that does a run's work, and nothing of what makes one sure.
 */
export const smallRuns: Case = { name: NAME, isQuick: true, measure };

async function measure(bench: Bench): Promise<Figure[]> {
  const { sizes, quick } = bench;
  const { runs, borrowers, scripted } = sizes.smallRuns;
  const samples = await inHouse(bench, { name: NAME, counts: { worker: WORKERS } }, async (house) => {
    const campaigns = await addCompanies(house);
    const scripts = await scriptedRuns(house, campaigns);
    const bare = await bareBullmq(house, { workers: WORKERS, runs, lanes: AT_ONCE });
    try {
      const ours = (round: number) =>
        runsPerSecond(house, round < sizes.warmUps ? campaigns.slice(0, WARM_UP) : campaigns);
      const script = () => scripts.runsPerSecond(scripted);
      const taken = await inTurns({ ours, bullmq: () => bare.runsPerSecond(), script }, sizes);
      await scripts.compare();
      return taken;
    } finally {
      await bare.stop();
      await scripts.stop();
    }
  });
  const [many, few] = [runs, borrowers].map((count) => count.toLocaleString('en-US')) as [string, string];
  const against = (peer: 'bullmq' | 'script') => ({
    ...{ case: NAME, ours: withUnit(median(samples.ours), '/s'), peer: withUnit(median(samples[peer]), '/s') },
    ...{ value: ratioOf(samples.ours, samples[peer]), unit: 'x' as const, samples },
  });
  const what = `${many} runs of ${few} borrowers, runs per second`;
  return [
    { ...against('bullmq'), what: `${what} by bare BullMQ`, wanted: { atLeast: quick ? WANTED.quick : WANTED.whole } },
    { ...against('script'), what: `${what} by the script`, wanted: { atLeast: BY_SCRIPT } },
  ];
}

/** Companies with their share of the campaigns, one for each run, and each with borrowers of its own. */
async function addCompanies(house: House): Promise<Campaign[]> {
  const { sizes, servers } = house.bench;
  const { runs, borrowers, companies } = sizes.smallRuns;
  const share = Math.ceil(runs / companies);
  const campaigns: Campaign[] = [];
  for (let at = 0; at < companies; at++) {
    const company = await house.addCompany();
    const firstKey = 1 + at * share * borrowers;
    await makeBorrowers(house.db, { companyId: company.companyId, people: share * borrowers, firstKey });
    const idsOf = (nth: number) => Array.from({ length: borrowers }, (_, n) => firstKey + nth * borrowers + n);
    const queryIds = Array.from({ length: share }, (_, nth) => servers.redash.keep(idsOf(nth)));
    campaigns.push(...(await addCampaigns(house, company, queryIds as [number, ...number[]])));
  }
  await house.db.execute('analyze');
  return campaigns.slice(0, runs);
}

/** From the first request to the last delivery. */
async function runsPerSecond(house: House, campaigns: Campaign[]): Promise<number> {
  const { db } = house;
  const [{ began } = { began: '' }] = await db.query<{ began: string }>('select clock_timestamp()::text as began');
  await inLanes(inTurnOfCompanies(campaigns), AT_ONCE, async (campaign) => {
    await startRun(house, campaign);
  });
  await waitFor(() => areDelivered(house, campaigns.length), { timeoutMs: TIMEOUT_MS, everyMs: 100, what: 'all runs' });
  const [{ seconds } = { seconds: NaN }] = await db.query<{ seconds: number }>(
    `select extract(epoch from max(updated_at) - $1::timestamptz)::float as seconds from delivery
     where file = 'contacts_output.csv' and state = 'delivered'`,
    [began],
  );
  const isOver = async () => {
    const open = `select from run where finished_at is null union all select from task where status in ('pending', 'running')`;
    return (await db.query(`${open} limit 1`)).length === 0;
  };
  await waitFor(isOver, { timeoutMs: TIMEOUT_MS, everyMs: 100, what: 'the end of all runs' });
  await requireContacts(house);
  await db.execute('truncate run, task, decision, reservation_set, reservation cascade'); // the next round begins as this one did
  return campaigns.length / seconds;
}

/** Whom other runs have reserved is screened out, and the work left out with them. */
async function requireContacts({ db }: House) {
  const empty = await db.query(`select from run_step where name = 'export' and coalesce(rows_out, 0) = 0`);
  if (empty.length > 0) throw new Error(`${empty.length} of the small runs have exported nobody`);
}

async function areDelivered({ db }: House, wanted: number) {
  const [row] = await db.query<{ delivered: number; failed: number }>(
    `select count(*) filter (where state = 'delivered')::int as delivered,
       (select count(*) from run where status = 'failed')::int as failed
     from delivery where file = 'contacts_output.csv'`,
  );
  if (row && row.failed > 0) throw new Error(`${row.failed} of the small runs have failed`);
  return row?.delivered === wanted;
}

/** One of each company, and again: as they would come in, and not company by company. */
function inTurnOfCompanies(campaigns: readonly Campaign[]): Campaign[] {
  const turns = new Map<string, number>();
  const turnOf = (campaign: Campaign) => {
    const turn = turns.get(campaign.companyId) ?? 0;
    turns.set(campaign.companyId, turn + 1);
    return { campaign, turn };
  };
  return campaigns
    .map(turnOf)
    .sort((a, b) => a.turn - b.turn)
    .map(({ campaign }) => campaign);
}
