import { type Bench, type Case } from '../bench.ts';
import { addCampaigns, type Campaign } from '../campaigns.ts';
import { type Figure, withUnit } from '../figure.ts';
import { type House, inHouse } from '../house.ts';
import { spreadKeys } from '../makeBorrowers.ts';
import { peakMiB } from '../peakMiB.ts';
import { inTurns, median, ratioOf } from '../rounds.ts';
import { timedRun } from '../timedRun.ts';

const NAME = 'memory';
const WANTED = { whole: 1.3, quick: 1.6, mebibytes: 350 };

/** The most memory that a worker needs for a big run, against what it needs for a small one. */
export const memory: Case = { name: NAME, isQuick: true, measure };

async function measure(bench: Bench): Promise<Figure[]> {
  const { sizes, servers, quick } = bench;
  if (process.platform !== 'linux') {
    bench.say('  left out: only Linux tells the peak memory of a process');
    return [];
  }
  const [small, big] = sizes.memory;
  const { database, ...company } = await bench.borrowers();
  const idsOf = (borrowers: number) => servers.redash.keep(spreadKeys(borrowers, sizes.people));
  const samples = await inHouse(bench, { name: NAME, database, counts: { worker: 0 } }, async (house) => {
    const [ofSmall] = await addCampaigns(house, company, [idsOf(small)]);
    const [ofBig] = await addCampaigns(house, company, [idsOf(big)]);
    const sides = { small: () => peakOf(house, ofSmall), big: () => peakOf(house, ofBig) };
    return inTurns(sides, { ...sizes, warmUps: 0 }); // each worker is a new one
  });
  const [ours, peer] = [samples.big, samples.small].map((values) => withUnit(median(values), 'MiB')) as [
    string,
    string,
  ];
  const [many, few] = [big, small].map((rows) => rows.toLocaleString('en-US')) as [string, string];
  const ratio: Figure = {
    ...{ case: NAME, what: `peak of a worker, ${many} rows by ${few}`, ours, peer, samples },
    ...{ value: ratioOf(samples.big, samples.small), unit: 'x' },
    wanted: { atMost: quick ? WANTED.quick : WANTED.whole },
  };
  if (quick) return [ratio];
  const most: Figure = {
    ...{ case: NAME, what: `peak of a worker, ${many} rows`, ours, peer: '', samples: { big: samples.big } },
    ...{ value: median(samples.big), unit: 'MiB', wanted: { atMost: WANTED.mebibytes } },
  };
  return [ratio, most];
}

/** The peak of a worker that has done this one run, and what comes after it. */
async function peakOf(house: House, campaign: Campaign): Promise<number> {
  const worker = await house.start('worker');
  await timedRun(house, campaign);
  const peak = await peakMiB(worker.pid);
  await house.end(worker);
  return peak;
}
