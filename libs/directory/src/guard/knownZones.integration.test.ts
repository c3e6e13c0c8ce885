import { audienceBench } from '@muster/testing/audienceBench';
import { insertContact, insertDoNotInteract, insertPerson } from '@muster/testing/factories';
import { knownZones, zonesOfRun } from './knownZones.ts';

type Bench = Awaited<ReturnType<typeof audienceBench>>;
let bench: Bench;
beforeAll(async () => (bench = await audienceBench()));
afterAll(() => bench.close());

it('knows the zones of the database and of the engine, each once', async () => {
  const zones = await knownZones(bench.db);

  expect(zones).toEqual(expect.arrayContaining(['US/Pacific', ...Intl.supportedValuesOf('timeZone')]));
  expect(new Set(zones).size).toBe(zones.length);
});

it('knows of a small run the zones that its people name, each once in whatever case, and of a large one all', async () => {
  const { db, companyId } = bench;
  const named = { a: 'America/New_York', b: 'america/new_york', c: 'Asia/Tokyo', d: 'Europe/Berlin' };
  const keys: string[] = [];
  for (const timeZone of [named.a, named.b, null]) keys.push((await insertPerson(db, { companyId, timeZone })).key);
  await insertPerson(db, { companyId, timeZone: named.d }); // not in the run
  const [ann = ''] = keys;
  await insertContact(db, { companyId, personKey: ann });
  await insertDoNotInteract(db, { companyId, personKey: ann, timezone: named.c });
  await bench.run(['id', ...keys, ''].join('\r\n'));

  const small = await db.transaction((tx) => zonesOfRun(tx, bench.scope(), keys.length));
  const large = await db.transaction((tx) => zonesOfRun(tx, bench.scope(), 1_000_000));

  expect(small.map((zone) => zone.toLowerCase())).toEqual([named.b, named.c.toLowerCase()]);
  expect(large).toEqual(expect.arrayContaining(Object.values(named).filter((zone) => zone !== named.b)));
});
