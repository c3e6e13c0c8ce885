import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, type Case } from '../bench.ts';
import { addCampaigns, type Campaign } from '../campaigns.ts';
import { type Figure, withUnit } from '../figure.ts';
import { type House, inHouse } from '../house.ts';
import { spreadKeys } from '../makeBorrowers.ts';
import { requireSameRows } from '../requireSameRows.ts';
import { inTurns, median, ratioOf, secondsOf } from '../rounds.ts';
import { type Script, writeScript } from '../script/runScript.ts';
import { timedRun } from '../timedRun.ts';

const NAME = 'run-500k';
const WANTED = { whole: 1.5, quick: 8 };

/** A run, from the request to the delivered file, against the script that somebody would write by hand, with the same rules. */
export const run500k: Case = { name: NAME, isQuick: true, measure };

async function measure(bench: Bench): Promise<Figure[]> {
  const { sizes, servers, quick } = bench;
  const { database, ...company } = await bench.borrowers();
  const queryId = servers.redash.keep(spreadKeys(sizes.run, sizes.people));
  const script = await writeScript({ servers, databaseUrl: database.url, companyId: company.companyId, queryId });
  try {
    const samples = await inHouse(bench, { name: NAME, database }, async (house) => {
      const [campaign] = await addCampaigns(house, company, [queryId]);
      return inTurns(sidesOf(house, { campaign, script }), sizes);
    });
    return [
      {
        ...{ case: NAME, what: `a run of ${sizes.run.toLocaleString('en-US')} borrowers, by the script's time` },
        ...{ ours: withUnit(median(samples.ours), 's'), peer: withUnit(median(samples.script), 's') },
        ...{ value: ratioOf(samples.ours, samples.script), unit: 'x', samples },
        wanted: { atMost: quick ? WANTED.quick : WANTED.whole },
      },
    ];
  } finally {
    await script.remove();
  }
}

function sidesOf(house: House, { campaign, script }: { campaign: Campaign; script: Script }) {
  const compare = comparing(house.bench.servers.sshd.directory);
  return {
    ours: async () => {
      const { seconds, remoteName } = await timedRun(house, campaign);
      await compare('ours', remoteName);
      return seconds;
    },
    script: async (round: number) => {
      const name = `by-script-${round}.csv`;
      const seconds = await secondsOf(() => script.run(name));
      await compare('script', name);
      return seconds;
    },
  };
}

/** Compares the two files of each round on the server, once both are there, and removes them. */
function comparing(directory: string) {
  const files: { ours?: string; script?: string } = {};
  return async (side: 'ours' | 'script', name: string) => {
    files[side] = join(directory, name);
    const { ours, script } = files;
    if (ours === undefined || script === undefined) return;
    await requireSameRows(ours, script);
    for (const file of [ours, script]) await rm(file);
    delete files.ours;
    delete files.script;
  };
}
