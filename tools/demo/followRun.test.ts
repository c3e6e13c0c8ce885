import { ApiRefusal, type Api } from './callApi.ts';
import { type DemoRun } from './demoRun.ts';
import { followRun, startOrJoinRun } from './followRun.ts';

const run = (status: DemoRun['status']): DemoRun => ({
  ...{ id: 'CR-2345-6789', status, trigger: 'manual', counts: {}, deliveries: [], error: null },
  steps: [
    {
      name: 'query',
      status,
      attempts: 1,
      startedAt: null,
      finishedAt: null,
      rowsIn: null,
      rowsOut: null,
      message: null,
    },
  ],
});

function fakeApi(answers: (DemoRun | Error)[]): Api {
  const answer = async <Answer>() => {
    const next = answers.length > 1 ? answers.shift() : answers[0];
    if (next instanceof Error) throw next;
    return next as Answer;
  };
  return { url: 'http://api.test', get: answer, send: answer, download: async () => Buffer.alloc(0) };
}

it('joins the run that the schedule has just started', async () => {
  const api = fakeApi([new ApiRefusal(409, { message: 'a run is under way', details: { runId: 'CR-2345-6789' } })]);

  await expect(startOrJoinRun(api, 'CM-1')).resolves.toEqual({ runId: 'CR-2345-6789', joined: true });
});

it('does not take any other refusal for a run', async () => {
  const api = fakeApi([new ApiRefusal(404, { message: 'there is no such campaign' })]);

  await expect(startOrJoinRun(api, 'CM-1')).rejects.toThrow('the API answered 404: there is no such campaign');
});

it('shows every look and ends with the run', async () => {
  const seen: string[] = [];
  const api = fakeApi([run('pending'), run('running'), run('failed')]);

  const last = await followRun(api, '/x', { onLook: ({ status }) => seen.push(status), timeoutMs: 10_000 });

  expect(seen).toEqual(['pending', 'running', 'failed']);
  expect(last.status).toBe('failed');
});

it('gives up with the name of the step at which the run stands', async () => {
  const following = followRun(fakeApi([run('running')]), '/x', { onLook: () => undefined, timeoutMs: 0 });

  await expect(following).rejects.toThrow('it stands at query');
});
