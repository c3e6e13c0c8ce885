import { waitFor } from '@muster/testing/waitFor';
import { startRun } from '../e2e/campaignRuns.ts';
import { type HeldRun, ordinary } from '../e2e/heldRuns.ts';
import { type House } from '../e2e/house.ts';

/** A run that stands in its upload: whatever the SFTP server is asked it answers late, until the run is let go. */
export interface SlowUpload extends HeldRun {
  /** Whether the server was asked for this so far. */
  wasAsked(request: string): boolean;
  /** Waits until it was. */
  untilAsked(request: string): Promise<void>;
}

/** Begins one, and waits until its file is opened. */
export async function uploadSlowly(house: House, answerDelayMs: number): Promise<SlowUpload> {
  const { drop, campaignId } = await ordinary(house);
  drop.faults.answerDelayMs = answerDelayMs;
  const path = await startRun(house, campaignId);
  const wasAsked = (request: string) => drop.log.some((line) => line.split(' ')[0] === request);
  const untilAsked = async (request: string) => {
    await waitFor(() => wasAsked(request), { timeoutMs: 30_000, what: `the SFTP server to be asked for ${request}` });
  };
  const letGo = async () => {
    delete drop.faults.answerDelayMs;
  };
  await untilAsked('OPEN');
  return { path, drop, letGo, wasAsked, untilAsked };
}
