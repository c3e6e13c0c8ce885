import { pipelineBench } from '@muster/testing/pipelineBench';
import { heal } from './heal.ts';

let bench: Awaited<ReturnType<typeof pipelineBench>>;
beforeEach(async () => void (bench = await pipelineBench()));
afterEach(() => bench.close());

it('rings for what was lost though the places of a company cannot be filled', async () => {
  const lost = await bench.startRun();
  await bench.places.fill(bench.companyId);
  await bench.startRun(); // waits for a place
  const fill = () => Promise.reject(new Error('somebody holds its places'));

  await expect(heal({ ...bench.deps, places: { ...bench.places, fill } })).rejects.toThrow('holds its places');

  expect(bench.doorbell.waiting).toEqual([{ runId: lost, step: 'query', ring: 2 }]);
});
