import { setTimeout as pause } from 'node:timers/promises';
import { ApiRefusal, type Api } from './callApi.ts';
import { type DemoRun } from './demoRun.ts';

const LOOK_EVERY_MS = 250;

/** Starts a run of a campaign; where one is under way (the schedule may just have rung), gives that one's id. */
export async function startOrJoinRun(api: Api, campaignId: string): Promise<{ runId: string; joined: boolean }> {
  try {
    const run = await api.send<DemoRun>('POST', `/campaigns/${campaignId}/runs`, {});
    return { runId: run.id, joined: false };
  } catch (error) {
    const runId = error instanceof ApiRefusal && error.status === 409 ? error.details['runId'] : undefined;
    if (typeof runId !== 'string') throw error;
    return { runId, joined: true };
  }
}

interface Following {
  onLook: (run: DemoRun) => void;
  /** Gives up after this. */
  timeoutMs: number;
}

/** Looks at a run until it has ended; gives its last state. */
export async function followRun(api: Api, path: string, { onLook, timeoutMs }: Following): Promise<DemoRun> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const run = await api.get<DemoRun>(path);
    onLook(run);
    if (run.status !== 'pending' && run.status !== 'running') return run;
    if (performance.now() > deadline) throw new Error(tooSlow(run, timeoutMs));
    await pause(LOOK_EVERY_MS);
  }
}

function tooSlow({ id, steps }: DemoRun, timeoutMs: number) {
  const at = steps.find(({ status }) => status !== 'succeeded');
  const why = at?.message ? ` (${at.message})` : '';
  return `run ${id} has not ended within ${timeoutMs / 60_000} minutes; it stands at ${at?.name ?? 'its end'}${why}`;
}
