import globalTeardown from '../../tools/jest/globalTeardown.ts';
import setupProcesses from '../../tools/jest/setupProcesses.ts';
import { openRecoveryHouse, type RecoveryHouse } from './recoveryHouse.ts';
import { measureAcceptance, measureFlush, measureRedis } from './recoveryOfRedis.ts';
import { measureOutage } from './recoveryOfPostgres.ts';
import { measureDrain, measureKills } from './recoveryOfWorkers.ts';
import { type Figure, tellFigure } from './figures.ts';

// `npm run recovery [-- --quick]`: how long it takes until all goes on, at the settings that are shipped.
const KILLS = process.argv.includes('--quick') ? 5 : 20;

type Measure = (house: RecoveryHouse, times: number) => Promise<Figure[]>;
const measures: [string, Measure][] = [
  ['workers killed', measureKills],
  ['workers told to stop', measureDrain],
  ['Redis away', measureRedis],
  ['Redis flushed', measureFlush],
  ['PostgreSQL away', measureOutage],
  ['runs accepted while Redis is away', measureAcceptance],
];

await setupProcesses();
let reached = true;
try {
  for (const [what, measure] of measures) {
    console.log(`\n${what}, ${KILLS} times:`);
    const figures = await inHouse(measure).catch((error: unknown) =>
      console.log(`  missed (broken off: ${String(error)})`),
    );
    if (!figures) reached = false;
    for (const figure of figures ?? []) reached = tellFigure(figure) && reached;
  }
} finally {
  await globalTeardown();
}
process.exit(reached ? 0 : 1);

async function inHouse(measure: Measure) {
  const house = await openRecoveryHouse();
  try {
    return await measure(house, KILLS);
  } finally {
    await house.close();
  }
}
