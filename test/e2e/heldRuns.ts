import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { waitFor } from '@muster/testing/waitFor';
import { trickJob } from '../../tools/redash/faults.ts';
import { allBorrowers, createCampaign, startRun, untilDone, untilHeld } from './campaignRuns.ts';
import { type House } from './house.ts';
import { whilePaused } from './queueStore.ts';
import { sftpDrop, type SftpDrop } from './sftpDrop.ts';

/** A run that stands in the middle of a step until it is let go. */
export interface HeldRun {
  path: string;
  drop: SftpDrop;
  letGo(): Promise<void>;
}

/** A drop of the test's own, stopped with the house. */
export async function openDrop(house: House): Promise<SftpDrop> {
  const drop = await sftpDrop(join(house.directory, `drop-${randomUUID()}`), house.sftpPassword);
  house.keep(drop);
  return drop;
}

/** Redash's job does not end. */
export async function holdInQuery(house: House): Promise<HeldRun> {
  const { drop, campaignId, queryPath } = await ordinary(house);
  let letGo: () => void = () => undefined;
  const endsAfter = new Promise<void>((resolve) => (letGo = resolve));
  house.redash.plan(trickJob({ endsAfter }), { method: 'POST', path: queryPath });
  const path = await startRun(house, campaignId);
  await waitFor(() =>
    house.redash.requests.some((request) => request.method === 'GET' && queryPath.test(request.path)),
  );
  return { path, drop, letGo: async () => letGo() };
}

/** Somebody has locked the contacts. */
export async function holdInFilter(house: House): Promise<HeldRun> {
  const { drop, campaignId } = await ordinary(house);
  const letGo = await lockTable(house, 'contact');
  const path = await startRun(house, campaignId);
  await untilHeld(house, path, 'filter');
  await untilBlocked(house);
  return { path, drop, letGo };
}

/** Somebody has locked what the filter has matched. */
export async function holdInExport(house: House): Promise<HeldRun> {
  const { drop, campaignId } = await ordinary(house);
  const { path, letGo } = await whilePaused(house.store, 'export', async () => {
    const begun = await startRun(house, campaignId);
    const { id } = await untilDone(house, begun, 'filter');
    return { path: begun, letGo: await lockTable(house, `scratch."${id}_1_matched"`) };
  });
  await untilHeld(house, path, 'export');
  await untilBlocked(house);
  return { path, drop, letGo };
}

/** The SFTP server takes the file's bytes and never says so. */
export async function holdInUpload(house: House): Promise<HeldRun> {
  const { drop, campaignId } = await ordinary(house);
  drop.faults.losesReplyTo = ['WRITE'];
  const path = await startRun(house, campaignId);
  await untilAsked(drop, 'OPEN');
  return { path, drop, letGo: () => answerAgain(drop) };
}

/** The SFTP server gives the file its final name and never says so. */
export async function holdInRename(house: House): Promise<HeldRun> {
  const { drop, campaignId } = await ordinary(house);
  drop.faults.losesReplyTo = ['RENAME'];
  const path = await startRun(house, campaignId);
  await untilAsked(drop, 'RENAME');
  return { path, drop, letGo: () => answerAgain(drop) };
}

/** The contacts are delivered; the SFTP server takes the log's bytes and never says so. */
export async function holdInReport(house: House): Promise<HeldRun> {
  const { drop, campaignId } = await ordinary(house);
  const path = await whilePaused(house.store, 'report', async () => {
    const begun = await startRun(house, campaignId);
    await untilDone(house, begun, 'upload');
    drop.faults.losesReplyTo = ['WRITE'];
    return begun;
  });
  await waitFor(() => drop.log.some((line) => line.startsWith('OPEN ') && line.includes('-log.txt-')));
  return { path, drop, letGo: () => answerAgain(drop) };
}

async function answerAgain({ faults }: SftpDrop) {
  delete faults.losesReplyTo;
}

/** A campaign of all borrowers with a drop of its own. */
export async function ordinary(house: House) {
  const drop = await openDrop(house);
  const query = house.saveQuery(allBorrowers);
  const campaignId = await createCampaign(house, { sftp: drop.settings, ...query });
  return { drop, campaignId, queryPath: new RegExp(`${new URL(query.redashQueryUrl).pathname}/`) };
}

async function untilAsked({ log }: SftpDrop, request: string) {
  await waitFor(() => log.some((line) => line.startsWith(`${request} `)), {
    ...{ timeoutMs: 30_000, what: `the SFTP server to be asked for ${request}` },
  });
}

/** Locks a table until the function given back is called. */
async function lockTable({ db }: House, table: string): Promise<() => Promise<void>> {
  let letGo: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (letGo = resolve));
  let ended: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    ended = db.transaction(async (tx) => {
      await tx.execute(`lock table ${table}`);
      resolve();
      await released;
    });
    ended.catch(reject);
  });
  return () => {
    letGo();
    return ended;
  };
}

/** Waits until a statement waits for a lock that is ours. */
async function untilBlocked({ db }: House) {
  const blocked = async () => {
    const waiting = await db.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return waiting.length > 0;
  };
  await waitFor(blocked, { what: 'a statement to wait for the lock' });
}
