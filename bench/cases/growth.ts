import { type Bench, type Case } from '../bench.ts';
import { addCampaigns } from '../campaigns.ts';
import { type Figure, withUnit } from '../figure.ts';
import { growthOf } from '../growthOf.ts';
import { inHouse } from '../house.ts';
import { spreadKeys } from '../makeBorrowers.ts';
import { inTurns, type Measure, median } from '../rounds.ts';
import { timedRun } from '../timedRun.ts';

const NAME = 'growth';
const WANTED = { whole: 1.1, quick: 1.3 };

/** How the time of a run grows with its borrowers. */
export const growth: Case = { name: NAME, isQuick: true, measure };

async function measure(bench: Bench): Promise<Figure[]> {
  const { sizes, servers, quick } = bench;
  const { database, ...company } = await bench.borrowers();
  const samples = await inHouse(bench, { name: NAME, database }, async (house) => {
    const sides: Record<string, Measure> = {};
    for (const rows of sizes.growth) {
      const [campaign] = await addCampaigns(house, company, [servers.redash.keep(spreadKeys(rows, sizes.people))]);
      sides[String(rows)] = async () => (await timedRun(house, campaign)).seconds;
    }
    return inTurns(sides, sizes);
  });
  const points = sizes.growth.map((rows) => ({ rows, seconds: median(samples[String(rows)] ?? []) }));
  return points.slice(1).map((big, at): Figure => {
    const small = points[at] ?? big;
    const [few, many] = [small.rows, big.rows].map((rows) => rows.toLocaleString('en-US')) as [string, string];
    return {
      ...{ case: NAME, what: `time of a run from ${few} to ${many} rows, by linear`, samples },
      ...{ ours: withUnit(big.seconds, 's'), peer: withUnit(small.seconds, 's') },
      ...{ value: growthOf(small, big), unit: 'x', wanted: { atMost: quick ? WANTED.quick : WANTED.whole } },
    };
  });
}
