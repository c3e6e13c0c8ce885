import { type Bench, type Case } from '../bench.ts';
import { type Figure, withUnit } from '../figure.ts';
import { type LoopDelay } from '../loopDelays.ts';
import { api } from './api.ts';
import { run500k } from './run500k.ts';

const NAME = 'loop';
const WANTED_MS = 100;

/** The delays of the event loops through all cases that were measured; by itself, through a big run and many requests. */
export const loop: Case = { name: NAME, isQuick: false, measure };

async function measure(bench: Bench): Promise<Figure[]> {
  if (bench.loops.all.length === 0) for (const one of [run500k, api]) await one.measure(bench);
  return (['api', 'scheduler', 'worker'] as const).flatMap((app) => {
    const delays = bench.loops.all.filter(({ process }) => process.startsWith(`${app} of `));
    return delays.length === 0 ? [] : [figureOf(app, delays)];
  });
}

function figureOf(app: string, delays: readonly LoopDelay[]): Figure {
  const worst = delays.reduce((so, one) => (one.p99Ms <= so.p99Ms ? so : one)); // one that is not known is the worst
  return {
    ...{
      case: NAME,
      what: `delay of an event loop, p99, the worst: ${worst.process}`,
      ours: withUnit(worst.p99Ms, 'ms'),
    },
    ...{ peer: '', value: worst.p99Ms, unit: 'ms', wanted: { atMost: WANTED_MS } },
    samples: { p99: delays.map(({ p99Ms }) => p99Ms), max: delays.map(({ maxMs }) => maxMs) },
  };
}
