import { InvalidInput, NotReady } from '@muster/core/errors';
import { campaignIdOf, runWorker, stepJobOf, type ProcessJob } from './runWorker.ts';

const RUN = '6f1c2d7e-0a51-4c8e-9d53-0b9c6f3a1e77';

it('reads the run from a payload of its step', () => {
  expect(stepJobOf({ v: 1, runId: RUN, step: 'query' }, 'query')).toEqual({ runId: RUN, step: 'query' });
});

it('reads the campaign from a payload of the clock', () => {
  expect(campaignIdOf({ v: 1, campaignId: RUN })).toBe(RUN);
});

it.each([
  ['no object', null],
  ['no version', { runId: RUN, step: 'query' }],
  ['another step', { v: 1, runId: RUN, step: 'upload' }],
  ['no run', { v: 1, step: 'query' }],
  ['a run that is no id', { v: 1, runId: 'a b', step: 'query' }],
  ['a run that is no text', { v: 1, runId: { $ne: '' }, step: 'query' }],
])('refuses a payload with %s for good', (_, payload) => {
  expect(() => stepJobOf(payload, 'query')).toThrow(InvalidInput);
});

it('puts off a payload of another version, whatever else is in it', () => {
  expect(() => stepJobOf({ v: 2, run: RUN }, 'query')).toThrow(NotReady);
});

it('gives a job back that came while the worker was paused', async () => {
  const moves: unknown[] = [];
  const job = {
    data: {},
    moveToWait: async (token: unknown) => moves.push(token),
  } as unknown as Parameters<ProcessJob>[0];
  let worked = 0;
  const process = async () => {
    worked++;
  };

  const answer = runWorker({ process, isPaused: () => true, onBug: () => undefined });

  await expect(answer(job, 'token-1')).rejects.toMatchObject({ name: 'WaitingError' });
  expect(moves).toEqual(['token-1']);
  expect(worked).toBe(0);
});
