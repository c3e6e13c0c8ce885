import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, type Case } from '../bench.ts';
import { addCampaigns } from '../campaigns.ts';
import { type Figure, withUnit } from '../figure.ts';
import { openHouse } from '../house.ts';
import { spreadKeys } from '../makeBorrowers.ts';
import { requireSameRows } from '../requireSameRows.ts';
import { inTurns, median, ratioOf, secondsOf } from '../rounds.ts';
import { writeScript } from '../script/runScript.ts';
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
  const house = await openHouse(bench, { name: NAME, database });
  try {
    const [campaign] = await addCampaigns(house, company, [queryId]);
    if (!campaign) throw new Error('there is no campaign');
    const drop = (name: string) => join(servers.sshd.directory, name);
    let [ours, peers] = ['', ''];
    const compare = async () => {
      if (ours === '' || peers === '') return;
      await requireSameRows(drop(ours), drop(peers));
      await Promise.all([ours, peers].map((name) => rm(drop(name))));
      [ours, peers] = ['', ''];
    };
    const samples = await inTurns(
      {
        ours: async () => {
          const { seconds, remoteName } = await timedRun(house, campaign);
          ours = remoteName;
          await compare();
          return seconds;
        },
        script: async (round) => {
          peers = `by-script-${round}.csv`;
          const seconds = await secondsOf(() => script.run(peers));
          await compare();
          return seconds;
        },
      },
      sizes,
    );
    return [
      {
        ...{ case: NAME, what: `a run of ${sizes.run.toLocaleString('en-US')} borrowers by the script's time` },
        ...{ ours: withUnit(median(samples.ours), 's'), peer: withUnit(median(samples.script), 's') },
        ...{ value: ratioOf(samples.ours, samples.script), unit: 'x', samples },
        wanted: { atMost: quick ? WANTED.quick : WANTED.whole },
      },
    ];
  } finally {
    await house.close();
    await script.remove();
  }
}
