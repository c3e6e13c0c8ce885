import { readdir, readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { waitFor } from '@muster/testing/waitFor';
import { createCampaign, untilRun } from './campaignRuns.ts';
import { openDrop } from './heldRuns.ts';
import { type House, openHouse } from './house.ts';
import { PHONE } from './insertBorrowers.ts';
import { scheduleSoon } from './scheduleSoon.ts';
import { type SftpDrop } from './sftpDrop.ts';

interface Line {
  time: string;
  name: string;
  event: string;
  runId?: string;
  campaignId?: string;
  requestId?: string | null;
  step?: string;
}

const OPENING_MS = 90_000;
let house: House;
let drop: SftpDrop;
const ports = { scheduler: 0, worker: 0 };

beforeAll(async () => {
  [ports.scheduler, ports.worker] = [await freePort(), await freePort()];
  house = await openHouse({ backend: 'postgres', workers: 0, settings: { METRICS_PORT: String(ports.scheduler) } });
  drop = await openDrop(house);
  await house.startWorker({ METRICS_PORT: String(ports.worker) });
}, OPENING_MS);
afterAll(() => house.close(), OPENING_MS);

it('tells the story of a run in the lines that bear its id, whichever process wrote them', async () => {
  const campaignId = await createCampaign(house, { sftp: drop.settings });
  const accepted = await house.api.call('POST', `/campaigns/${campaignId}/runs`, {});
  const runId = String(accepted.json['id']);
  await untilRun(house, `/campaigns/${campaignId}/runs/${runId}`, ({ status }) => status === 'succeeded');

  const lines = await waitFor(async () => {
    const found = await grepLogs(runId);
    return found.some(({ event }) => event === 'run.succeeded') ? found : undefined;
  });

  const steps = ['query', 'filter', 'export', 'upload', 'report'];
  expect(lines.map(({ name, event, step }) => [name, event, step].filter(Boolean).join(' '))).toEqual([
    'api run.queued',
    ...steps.flatMap((step) => [`worker step.started ${step}`, `worker step.finished ${step}`]),
    'worker run.succeeded report',
  ]);
  const requestId = accepted.headers.get('x-request-id');
  for (const line of lines) expect(line).toMatchObject({ runId, campaignId, requestId });
});

it('tells the story of a scheduled run from the scheduler on', async () => {
  const campaignId = await scheduleSoon(house, { sftp: drop.settings });
  const succeeded = async () =>
    (await grepLogs(campaignId)).find(({ event, name }) => event === 'run.succeeded' && name === 'worker');
  const { runId = '' } = await waitFor(succeeded, { timeoutMs: 40_000, what: 'the scheduled run' });

  const lines = await grepLogs(runId);

  expect(lines[0]).toMatchObject({ name: 'scheduler', event: 'run.queued', runId, campaignId, requestId: null });
  expect(lines.at(-1)).toMatchObject({ name: 'worker', event: 'run.succeeded', runId, campaignId, requestId: null });
});

it('tells the figures of a worker and of a scheduler', async () => {
  const [worker, scheduler] = [await figuresAt(ports.worker), await figuresAt(ports.scheduler)];

  expect(worker).toContain('muster_runs_total{outcome="succeeded"} 2');
  expect(worker).toContain('muster_step_duration_seconds_count{step="upload",outcome="succeeded"} 2');
  expect(scheduler).toMatch(/^muster_slots_recorded_total\{found_by="(ring|sweep)"\} 1$/m);
  expect(scheduler).toMatch(/^muster_sweep_lag_seconds \d/m);
  expect(worker + scheduler).not.toMatch(/(CP|CM|CR|CE|FL)-[A-Z0-9]{4}/);
});

it('has told no secret and nothing of borrowers on the way', async () => {
  const told = [...(await logTexts()), await figuresAt(ports.worker), await figuresAt(ports.scheduler)].join('\n');

  expect(told).toContain('run.succeeded');
  for (const secret of house.secrets) expect(told).not.toContain(secret);
  expect(told).not.toMatch(PHONE);
  expect(told).not.toMatch(/borrower-\d|First \d|\b(BO|CT|LN)-/);
});

/** All lines of all processes that hold a word, in the order of their times: `grep -h … | sort`. */
async function grepLogs(word: string): Promise<Line[]> {
  const found = (await logTexts())
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.includes(word) && line.endsWith('}'));
  const lines = found.map((line) => JSON.parse(line) as Line);
  return lines.sort((a, b) => a.time.localeCompare(b.time));
}

async function logTexts(): Promise<string[]> {
  const names = await readdir(house.logs);
  return Promise.all(names.map((name) => readFile(join(house.logs, name), 'utf8')));
}

async function figuresAt(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
