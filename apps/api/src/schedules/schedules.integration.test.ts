import { type ApiBench, apiBench } from '@muster/testing/apiBench';
import { insertCampaign } from '@muster/testing/factories';
import { createApi } from '../createApi.ts';

let bench: ApiBench;
beforeAll(async () => {
  bench = await apiBench(createApi);
});
afterAll(() => bench.close());

const get = (path: string, options = {}) => bench.call('GET', `/api/campaigns/${path}`, options);

async function scheduled(schedule: string | null) {
  const { data } = await bench.call('POST', '/api/campaigns', { body: { schedule } });
  return String(data['id']);
}

/** Slots of these dates, whatever was due. */
async function insertSlots(campaignId: string, dates: string[], { state = 'missed', reason = 'cutOffPassed' } = {}) {
  await bench.db.execute(
    `insert into campaign_slot (campaign_id, due_date, due_at, state, reason)
     select $1, date, date + interval '11 hours', $3, $4 from unnest($2::date[]) as date`,
    [campaignId, dates, state, reason],
  );
}

it('tells the next due times of a campaign, with zone and plain words', async () => {
  const id = await scheduled('P P * * 1-5');
  const { status, data } = await get(`${id}/schedule?count=7`);

  expect(status).toBe(200);
  expect(data).toMatchObject({
    ...{ object: 'campaignSchedule', campaignId: id, schedule: 'P P * * 1-5', description: 'Monday to Friday' },
    ...{ timeZone: 'America/New_York', dispatchWindow: { from: '05:00', to: '08:00' } },
  });
  const next = data['next'] as { dueDate: string; dueAt: string; localTime: string }[];
  expect(next.length).toBe(7);
  expect(next.map(({ dueAt }) => dueAt)).toEqual(next.map(({ dueAt }) => dueAt).sort());
  for (const { dueDate, dueAt, localTime } of next) {
    expect(new Date(localTime).toISOString().slice(0, 19)).toBe(dueAt.slice(0, 19));
    expect(localTime).toMatch(new RegExp(`^${dueDate}T0[5-7]:.*-0[45]:00$`));
    expect([0, 6]).not.toContain(new Date(dueDate).getUTCDay());
  }
});

it('gives ten times where no number is asked for, and agrees with what the scheduler looks at', async () => {
  const id = await scheduled('P P * * *');
  const { data } = await get(`${id}/schedule`);
  const [row] = await bench.db.query<{ next: Date }>('select next_due_at as next from campaign where id = $1', [id]);

  expect((data['next'] as object[]).length).toBe(10);
  expect(data['next']).toMatchObject([{ dueAt: row!.next.toISOString() }, {}, {}, {}, {}, {}, {}, {}, {}, {}]);
});

it('says that a campaign is started by hand only', async () => {
  const { data } = await get(`${await scheduled(null)}/schedule`);
  expect(data).toMatchObject({ schedule: null, description: null, timeZone: 'America/New_York', next: [] });
});

it('says what the runs of a campaign would fail with that is not whole yet', async () => {
  const id = await scheduled('P P * * *');
  const foreseen = async (change: object) => {
    expect(await bench.call('PUT', `/api/campaigns/${id}`, { body: change })).toMatchObject({ status: 200 });
    return (await get(`${id}/schedule`)).data['foreseen'];
  };
  expect(await foreseen({})).toMatchObject({ code: 'queryNotSet' });
  expect(await foreseen({ redashQueryUrl: 'https://redash.example.com/queries/42' })).toMatchObject({
    code: 'redashKeyMissing',
  });
  expect(await foreseen({ redashApiKey: 'key' })).toBeNull();
  expect(await foreseen({ redashQueryUrl: null, schedule: null })).toBeNull();
});

it.each(['0', '101', 'x', '1.5'])('refuses a count of %s', async (count) => {
  const answer = await get(`${await scheduled(null)}/schedule?count=${count}`);
  expect(answer).toMatchObject({ status: 400, faults: [expect.stringMatching(/^count /) as string] });
});

it('lists what was due, the newest first, with the reason', async () => {
  const id = await insertCampaign(bench.db, { companyId: bench.own.id });
  await insertSlots(id, ['2026-03-05'], { state: 'skipped', reason: 'runActive' });
  await insertSlots(id, ['2026-03-06']);
  const { json, list } = await get(`${id}/slots`);

  expect(json).toMatchObject({ total: 2, count: 2, nextUrl: null, previousUrl: null });
  expect(list).toMatchObject([
    {
      ...{ id: `SL-${id.slice(3).replace('-', '')}-20260306`, object: 'campaignSlot', campaignId: id },
      ...{ dueDate: '2026-03-06', dueAt: expect.any(String) as string, state: 'missed', reason: 'cutOffPassed' },
      runId: null,
    },
    { dueDate: '2026-03-05', state: 'skipped', reason: 'runActive' },
  ]);
});

it('pages through slots in both directions, while others are added', async () => {
  const id = await insertCampaign(bench.db, { companyId: bench.own.id });
  const dates = ['01', '02', '03', '04', '05'].map((day) => `2026-04-${day}`);
  await insertSlots(id, dates);
  const follow = async (url: unknown) => bench.call('GET', String(url));
  const datesOf = (list: object[]) => list.map((slot) => (slot as { dueDate: string }).dueDate.slice(-2));

  const first = await get(`${id}/slots?limit=2`);
  await insertSlots(id, ['2026-04-06']);
  const second = await follow(first.json['nextUrl']);
  const third = await follow(second.json['nextUrl']);
  expect([first, second, third].map(({ list }) => datesOf(list))).toEqual([['05', '04'], ['03', '02'], ['01']]);
  expect(third.json['nextUrl']).toBeNull();
  const back = await follow(second.json['previousUrl']);
  expect(datesOf(back.list)).toEqual(['05', '04']);
  expect(datesOf((await follow(back.json['previousUrl'])).list)).toEqual(['06']);
});

it.each(['SL-AAAABBBB-20260401', 'SL-AAAABBBB-20269999', 'CM-AAAA-BBBB', 'x'])(
  'refuses the cursor %s, which is no slot of this campaign',
  async (cursor) => {
    const id = await insertCampaign(bench.db, { companyId: bench.own.id });
    await insertSlots(id, ['2026-04-01']);
    const answer = await get(`${id}/slots?startingAfter=${cursor}`);
    expect(answer).toMatchObject({ status: 404, faults: ['startingAfter cursorNotFound'] });
  },
);

it('hides both from other companies', async () => {
  const id = await scheduled('P P * * *');
  const key = bench.other.keys.admin;
  expect(await get(`${id}/schedule`, { key })).toMatchObject({ status: 404, json: { code: 'campaignNotFound' } });
  expect(await get(`${id}/slots`, { key })).toMatchObject({ status: 404, json: { code: 'campaignNotFound' } });
});
