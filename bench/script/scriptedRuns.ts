import { join } from 'node:path';
import { type Campaign } from '../campaigns.ts';
import { type House } from '../house.ts';
import { requireSameRows } from '../requireSameRows.ts';
import { secondsOf } from '../rounds.ts';
import { timedRun } from '../timedRun.ts';
import { type Script, writeScript } from './runScript.ts';
import { makePlaceZones } from './scriptSql.ts';

const AT_ONCE = 8; // OpenSSH turns away what logs in beside ten others

/** Small runs as somebody's script would do them, several at a time. */
export interface ScriptedRuns {
  /** Does so many, and gives how many that were in a second. */
  runsPerSecond(runs: number): Promise<number>;
  /** Throws where one gives other contacts than our own run of its campaign, which begins as if there had been none. */
  compare(): Promise<void>;
  stop(): Promise<void>;
}

/** Writes a script for each of some campaigns. */
export async function scriptedRuns(house: House, campaigns: readonly Campaign[]): Promise<ScriptedRuns> {
  const { servers } = house.bench;
  await makePlaceZones(house.db);
  const few = campaigns.slice(0, AT_ONCE);
  const scripts = await Promise.all(
    few.map(({ companyId, queryId }) => writeScript({ servers, databaseUrl: house.databaseUrl, companyId, queryId })),
  );
  const [campaign, script] = [few[0], scripts[0]];
  if (!campaign || !script) throw new Error('there are no campaigns to write scripts for');
  let runs = 0;
  return {
    runsPerSecond: async (wanted) => {
      let begun = 0;
      const lane = async (own: Script) => {
        while (begun++ < wanted) await own.run(`by-script-${++runs}.csv`);
      };
      return wanted / (await secondsOf(() => Promise.all(scripts.map(lane))));
    },
    compare: () => compare(house, campaign, script),
    stop: async () => {
      for (const own of scripts) await own.remove();
    },
  };
}

async function compare(house: House, campaign: Campaign, script: Script) {
  const { directory } = house.bench.servers.sshd;
  const name = 'by-script.csv';
  const { remoteName } = await timedRun(house, campaign);
  await script.run(name);
  await requireSameRows(join(directory, remoteName), join(directory, name));
}
