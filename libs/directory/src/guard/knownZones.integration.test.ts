import { audienceBench } from '@muster/testing/audienceBench';
import { knownZones } from './knownZones.ts';

it('knows the zones of the database and of the engine, each once', async () => {
  const { db, close } = await audienceBench();

  const zones = await knownZones(db);

  await close();
  expect(zones).toEqual(expect.arrayContaining(['US/Pacific', ...Intl.supportedValuesOf('timeZone')]));
  expect(new Set(zones).size).toBe(zones.length);
});
