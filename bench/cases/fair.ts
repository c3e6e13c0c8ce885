import { waitFor } from '@muster/testing/waitFor';
import { type Bench, type Case } from '../bench.ts';
import { addCampaigns, type Campaign } from '../campaigns.ts';
import { type Figure, withUnit } from '../figure.ts';
import { type House, inHouse } from '../house.ts';
import { insertCampaigns } from '../insertCampaigns.ts';
import { loadHttp, requestsTo } from '../loadHttp.ts';
import { makeBorrowers } from '../makeBorrowers.ts';
import { median } from '../rounds.ts';

const NAME = 'fair';
const WANTED = { whole: 1, quick: 5 };
const BORROWERS = 100;
const CLIENTS = 16;
const NO_LIMITS = { RATE_LIMIT_PER_MINUTE: '0', COMPANY_RATE_LIMIT_PER_MINUTE: '0', RUN_STARTS_PER_MINUTE: '0' };
const RUN_TIMEOUT_MS = 120_000;
const LOOK_EVERY_MS = 20;

/** How much longer one company's run takes while another company has very many queued, by how long one of those takes. */
export const fair: Case = { name: NAME, isQuick: true, measure };

async function measure(bench: Bench): Promise<Figure[]> {
  const { queued, rounds, warmUps } = bench.sizes;
  const { alone, beside, others } = await inHouse(bench, { name: NAME, settings: NO_LIMITS }, async (house) => {
    const own = await addCompany(house, 1);
    const other = await addCompany(house, BORROWERS + 1);
    const alone = await times(house, own, rounds + warmUps);
    await queueRuns(house, other, queued);
    const beside = await times(house, own, rounds);
    return { alone: alone.slice(warmUps), beside, others: await timesOfOthers(house, other) };
  });
  const heldUp = Math.max(0, median(beside) - median(alone));
  const { quick } = bench;
  return [
    {
      ...{ case: NAME, what: `held up by ${queued.toLocaleString('en-US')} queued runs of another, by one of those` },
      ...{ ours: withUnit(heldUp, 's'), peer: withUnit(median(others), 's'), samples: { alone, beside } },
      ...{ value: heldUp / median(others), unit: 'x', wanted: { atMost: quick ? WANTED.quick : WANTED.whole } },
    },
  ];
}

/** A company with a hundred borrowers, and a campaign for them. */
async function addCompany(house: House, firstKey: number): Promise<Campaign & { queryId: number }> {
  const company = await house.addCompany();
  await makeBorrowers(house.db, { companyId: company.companyId, people: BORROWERS, firstKey });
  const queryId = house.bench.servers.redash.keep(Array.from({ length: BORROWERS }, (_, n) => firstKey + n));
  const [campaign] = await addCampaigns(house, company, [queryId]);
  return { ...campaign, queryId };
}

async function queueRuns(house: House, { queryId, ...company }: Campaign & { queryId: number }, count: number) {
  const ids = await insertCampaigns(house, company, { count, queryId });
  await house.db.execute('analyze');
  const paths = ids.map((id) => `/api/campaigns/${id}/runs`);
  const requests = requestsTo(paths, { method: 'POST', apiKey: company.apiKey });
  await loadHttp({ url: house.url, requests, clients: CLIENTS, seconds: Infinity });
}

/** Runs a campaign some times, one after the other; gives the seconds from each request to its delivery. */
async function times(house: House, { campaignId, apiKey }: Campaign, count: number): Promise<number[]> {
  const paths = [`/api/campaigns/${campaignId}/runs`];
  for (let at = 0; at < count; at++) {
    const requests = requestsTo(paths, { method: 'POST', apiKey });
    await loadHttp({ url: house.url, requests, clients: 1, seconds: Infinity });
    const hasEnded = async () => {
      const open = `select from run where campaign_id = $1 and finished_at is null`;
      return (await house.db.query(open, [campaignId])).length === 0;
    };
    await waitFor(hasEnded, { timeoutMs: RUN_TIMEOUT_MS, everyMs: LOOK_EVERY_MS, what: 'the run of one company' });
  }
  return (await deliveries(house, { campaignId, since: 'created_at' })).slice(-count);
}

/** What the other company's runs have taken since their first step began. Throws where none was left to be in the way. */
async function timesOfOthers(house: House, { companyId }: Campaign): Promise<number[]> {
  const waiting = await house.db.query(`select from run where company_id = $1 and status = 'pending' limit 1`, [
    companyId,
  ]);
  if (waiting.length === 0) throw new Error('the queued runs had ended before the other company was done');
  return deliveries(house, { companyId, since: 'started_at' });
}

/** Whose runs, and from when on they are timed. */
interface Which {
  campaignId?: string;
  companyId?: string;
  since: 'created_at' | 'started_at';
}

async function deliveries({ db }: House, { campaignId, companyId, since }: Which): Promise<number[]> {
  const rows = await db.query<{ seconds: number }>(
    `select extract(epoch from delivery.updated_at - run.${since})::float as seconds
     from run join delivery on run_id = run.id and file = 'contacts_output.csv' and state = 'delivered'
     where campaign_id = $1 or company_id = $2 order by run.created_at`,
    [campaignId ?? null, companyId ?? null],
  );
  return rows.map(({ seconds }) => seconds);
}
