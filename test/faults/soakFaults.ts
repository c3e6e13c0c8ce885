import { setTimeout as pause } from 'node:timers/promises';
import { type Link } from '@muster/testing/startLink';
import { answerWith, cutBody, loseReply } from '../../tools/redash/faults.ts';
import { proxyError } from '../../tools/redash/reply.ts';
import { type FaultHouse } from './faultHouse.ts';
import { crashPointNames } from './processes/crashPoints.ts';

/** Something that goes wrong while runs are under way, and is over again by itself; false: it struck nothing. */
type Fault = (faulty: FaultHouse, random: () => number) => Promise<unknown>;

const oneOf = <Item>(items: readonly Item[], random: () => number) => items[Math.floor(random() * items.length)];
const seconds = (from: number, to: number, random: () => number) => (from + random() * (to - from)) * 1_000;

/** The faults of the soak, by name. Each gives back what it took: a worker that died is relieved, a link is mended. */
export const soakFaults: Record<string, Fault> = {
  'A1 worker killed': async ({ house, relieve }, random) => {
    await oneOf(house.workers, random)?.kill();
    await relieve();
  },
  'A1 worker killed at a point': async ({ house, arm, disarm, deaths, relieve }, random) => {
    const point = oneOf(crashPointNames, random) ?? 'P1';
    const before = deaths().length;
    arm(point);
    await pause(seconds(1, 4, random));
    disarm(point);
    const struck = deaths().length > before;
    if (struck || house.workers.some((worker) => worker.hasEnded())) await relieve();
    return struck;
  },
  'A4 worker told to stop': async ({ house, relieve }, random) => {
    await oneOf(house.workers, random)?.stop();
    await relieve();
  },
  'A5 worker stopped in its tracks': async ({ house }, random) => {
    const worker = oneOf(house.workers, random);
    if (!worker || worker.hasEnded()) return false;
    process.kill(worker.pid, 'SIGSTOP');
    await pause(seconds(2, 6, random));
    return process.kill(worker.pid, 'SIGCONT');
  },
  'B4 Redis cut': async ({ house }, random) => {
    await house.links?.redis?.cut();
    await pause(seconds(0.5, 5, random));
    await house.links?.redis?.mend();
  },
  'B4 Redis silent': async ({ house }, random) => {
    house.links?.redis?.freeze();
    await pause(seconds(0.5, 5, random));
    await house.links?.redis?.mend();
  },
  'B4 Redis reset': async ({ house }) => house.links?.redis?.reset(),
  'B5 reply of Redis lost': ({ house }, random) => loseOne(house.links?.redis, /evalsha/i, seconds(0.5, 2, random)),
  'C1 PostgreSQL cut': async ({ house }, random) => {
    await house.links?.database.cut();
    await pause(seconds(0.3, 4, random));
    await house.links?.database.mend();
  },
  'C2 backends killed': async ({ house }) => {
    const killed = await house.db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and application_name like 'muster%' and state <> 'idle'`,
    );
    return killed.length > 0;
  },
  'C2 reply to COMMIT lost': ({ house }, random) => loseOne(house.links?.database, /commit/i, seconds(0.5, 2, random)),
  'F1 Redash out of order': async ({ house }, random) => {
    house.redash.plan(answerWith(proxyError(502)), { times: 1 + Math.floor(random() * 4) });
  },
  'F1 reply of Redash lost': async ({ house }) => house.redash.plan(loseReply(), { method: 'POST' }),
  'F5 answer of Redash cut': async ({ house }) => house.redash.plan(cutBody(600), { method: 'GET' }),
  'S1 SFTP cut': async ({ drop }) => drop.cutAll(),
  'S1 SFTP cut in the middle': async ({ drop }, random) => {
    drop.faults.cutAfterBytes = 1_000;
    await pause(seconds(0.5, 2, random));
    delete drop.faults.cutAfterBytes;
  },
  'S2 disk full': async ({ drop }, random) => {
    drop.faults.diskFullAfterBytes = 1_000;
    await pause(seconds(0.5, 2, random));
    delete drop.faults.diskFullAfterBytes;
  },
  'S7 replies of SFTP lost': async ({ drop }, random) => {
    drop.faults.losesReplyTo = [oneOf(['OPEN', 'WRITE', 'RENAME', 'CLOSE'] as const, random) ?? 'RENAME'];
    await pause(seconds(0.5, 2, random));
    delete drop.faults.losesReplyTo;
    drop.cutAll(); // else whoever waits does so until its time is over
  },
};

/** Loses the answer to the first who says this within a while; false: nobody did. */
async function loseOne(link: Link | undefined, reply: RegExp, withinMs: number) {
  if (!link) return false;
  const before = link.faults.lost ?? 0;
  link.faults.losesReplyTo = [reply];
  await pause(withinMs);
  link.faults.losesReplyTo = [];
  return (link.faults.lost ?? 0) > before;
}
