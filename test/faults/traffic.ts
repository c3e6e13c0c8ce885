import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '@muster/testing/waitFor';
import { allBorrowers, createCampaign } from '../e2e/campaignRuns.ts';
import { type FaultHouse } from './faultHouse.ts';

const SMALL_RUN = `select * from (${allBorrowers}) all_of_them limit 50`;
const ASK_EVERY_MS = 200;
const ASK_AGAIN_MS = 300;

/** Runs begun one after the other in several campaigns at once, by clients that ask again until they are answered. */
export interface Traffic {
  /** Begins no more, and waits until all that was begun has ended. */
  end(withinMs: number): Promise<void>;
}

/** Begins traffic: each campaign's next run as soon as its last has ended. */
export async function startTraffic(faulty: FaultHouse, campaigns: number): Promise<Traffic> {
  const { house, drop } = faulty;
  const stop = new AbortController();
  const ids = await Promise.all(
    Array.from({ length: campaigns }, () =>
      createCampaign(house, { sftp: drop.settings, ...house.saveQuery(SMALL_RUN) }),
    ),
  );
  const lanes = ids.map(async (campaignId) => {
    while (!stop.signal.aborted) {
      await beginOne(faulty, campaignId, stop.signal);
      while (await isOpen(faulty, campaignId, stop.signal)) await pause(ASK_EVERY_MS);
    }
  });
  return {
    end: async (withinMs) => {
      stop.abort();
      await Promise.all(lanes);
      const open = () =>
        house.db.query(`select id from run where id = any ($1) and status in ('pending', 'running')`, [
          faulty.accepted,
        ]);
      await waitFor(async () => (await open()).length === 0, {
        timeoutMs: withinMs,
        everyMs: 300,
        what: 'all runs to end',
      });
    },
  };
}

/** Looked up by ourselves: to ask the API so often would use up what it lets a company ask, and so hold the runs up. */
async function isOpen({ house }: FaultHouse, campaignId: string, stop: AbortSignal) {
  if (stop.aborted) return false; // whoever stops us waits for all of them
  const open = await house.db.query(`select from run where campaign_id = $1 and status in ('pending', 'running')`, [
    campaignId,
  ]);
  return open.length > 0;
}

/** The same request until it is answered: refused while the campaign's last run is open, else accepted once. */
async function beginOne({ house, accepted }: FaultHouse, campaignId: string, stop: AbortSignal) {
  const key = randomUUID();
  for (;;) {
    const answer = await fetch(`${house.url}/api/campaigns/${campaignId}/runs`, {
      ...{ method: 'POST', body: '{}', signal: AbortSignal.timeout(40_000) },
      headers: { 'X-API-KEY': house.apiKey, 'Content-Type': 'application/json', 'Idempotency-Key': key },
    }).catch(() => undefined);
    if (answer?.ok) return void accepted.push(((await answer.json()) as { id: string }).id);
    await answer?.body?.cancel();
    if (answer?.status === 409) return;
    if (stop.aborted && answer && answer.status < 500) return; // refused in words: nothing was begun
    await pause(ASK_AGAIN_MS);
  }
}
