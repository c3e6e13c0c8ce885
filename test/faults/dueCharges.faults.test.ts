import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { insertSubscriptions } from '@muster/testing/insertSubscriptions';
import { waitFor } from '@muster/testing/waitFor';
import { type Gateways, startGateways } from '../../tools/gateways/startGateways.ts';
import { type House, openHouse } from '../e2e/house.ts';
import { randomFrom } from './randomFrom.ts';
import { noteTotals, seed, shareOf } from './totals.ts';

const OPENING_MS = 120_000;
const COUNT = shareOf({ whole: 100_000, bounded: 2_000 });
const KILLS = shareOf({ whole: 24, bounded: 3 });
const END_MS = 60_000 + COUNT * 20;
const SECRET = 'a secret of the gateways';
const DAY_MS = 86_400_000;

let gateways: Gateways;
let house: House;
beforeAll(async () => {
  gateways = await startGateways({ secret: SECRET });
  house = await openHouse({ backend: 'redis', workers: 2, settings: { ALLOW_HTTP: gateways.place } });
  const at = (url: string) => ({ url, secret: SECRET });
  await house.api.call('PUT', `/companies/${house.companyId}`, {
    gateways: { text: at(gateways.textUrl), payment: at(gateways.chargeUrl) },
  });
}, OPENING_MS);
afterAll(async () => {
  await house.close();
  await gateways.stop();
}, OPENING_MS);

it(
  `${COUNT} subscriptions due at once are charged once each, and told of once, while ${KILLS} workers are killed`,
  async () => {
    const nextDue = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10); // at whatever hour we are asked
    const { guids } = await insertSubscriptions(house.db, { companyId: house.companyId, nextDue, count: COUNT });
    await killWhileCharging();
    await untilSettled();

    expect(await statesOf('sms_due')).toEqual({ due: COUNT });
    expect(await statesOf('sms_charge')).toEqual({ charged: COUNT });
    expect(await statesOf('sms_text')).toEqual({ sent: COUNT });
    const charged = timesEach(gateways.charges.map(({ reference }) => reference));
    const told = timesEach(gateways.texts.map(({ msisdn }) => msisdn));
    const [lost, doubled] = [guids.filter((guid) => !charged.has(guid)), twiceIn(charged)];
    note({ lost: lost.length, doubled: doubled.length });
    expect({ lost, doubled, charged: charged.size }).toEqual({ lost: [], doubled: [], charged: COUNT });
    expect({ doubled: twiceIn(told), told: told.size }).toEqual({ doubled: [], told: COUNT });
    // each worker had charges under way, and some that the gateway had made and nobody had written down
    expect(await attemptsLost()).toBeGreaterThanOrEqual(KILLS);
    expect(gateways.requests.length).toBeGreaterThan(gateways.charges.length + gateways.texts.length);
    for (const log of await logs()) expect(/\b453\d{7}\b|Thank you/.test(log)).toBe(false);
  },
  END_MS + KILLS * 10_000 + 60_000,
);

/** Kills a worker whenever a further part of the charges is made, and starts another one. */
async function killWhileCharging() {
  const random = randomFrom(seed);
  for (let kill = 1; kill <= KILLS; kill++) {
    const wanted = Math.floor((COUNT * kill) / (KILLS + 1));
    await waitFor(() => gateways.charges.length >= wanted, { timeoutMs: END_MS, what: `${wanted} charges` });
    const [worker] = house.workers.splice(Math.floor(random() * house.workers.length), 1);
    await worker?.kill();
    house.workers.push(await house.startWorker());
  }
}

async function untilSettled() {
  const isSettled = async () => {
    const [row] = await house.db.query<{ settled: number; isOpen: boolean }>(
      `select count(*)::int as settled, exists (select from sms_text where state = 'wanted') as "isOpen"
       from sms_charge where state <> 'wanted'`,
    );
    return row?.settled === COUNT && !row.isOpen;
  };
  await waitFor(isSettled, { timeoutMs: END_MS, everyMs: 500, what: 'all charges to be made and told of' });
}

async function statesOf(table: string): Promise<Record<string, number>> {
  const rows = await house.db.query<{ state: string; count: number }>(
    `select state, count(*)::int from ${table} group by state`,
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

async function attemptsLost() {
  const [row] = await house.db.query<{ lost: number }>('select sum(attempt - 1)::int as lost from sms_charge');
  return row?.lost;
}

function timesEach(names: readonly string[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  return times;
}

const twiceIn = (times: Map<string, number>) => [...times].filter(([, count]) => count > 1).map(([name]) => name);

async function logs() {
  const names = await readdir(house.logs);
  return Promise.all(names.map((name) => readFile(join(house.logs, name), 'utf8')));
}

function note(found: { lost: number; doubled: number }) {
  const none = { runs: 0, stuck: 0, unknown: 0, parked: 0, canceled: 0 };
  noteTotals({ ...none, ...found, faults: [], failed: [], kills: KILLS });
}
