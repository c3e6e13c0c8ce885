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

  expect(bench.doorbell.waiting).toMatchObject([{ runId: lost, step: 'query', ring: 2 }]);
});

it('calls no ring lost that a worker answers while the queue is asked', async () => {
  const [answered, lost] = [await bench.startRun(), await bench.startRun()];
  await bench.places.fill(bench.companyId);
  const pendingRings = async () => {
    await bench.runs.claim({ runId: answered, step: 'query' }, false);
    return [];
  };

  await heal({ ...bench.deps, doorbell: { ring: (ring) => bench.doorbell.ring(ring), pendingRings } });

  expect(bench.doorbell.waiting).toMatchObject([{ runId: lost, step: 'query', ring: 2 }]);
  expect(bench.log.lines.filter(({ event }) => event.startsWith('ring'))).toEqual([
    { level: 'warn', event: 'rings.lost', fields: { count: 1 } },
    { level: 'info', event: 'ring.lost', fields: { runId: lost, ...(await bench.namesOf(lost)), step: 'query' } },
  ]);
});
