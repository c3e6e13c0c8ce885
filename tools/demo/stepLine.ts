import { type DemoStep } from './demoRun.ts';

const NAME_WIDTH = 8;
const STATUS_WIDTH = 11;

/** One line that says how a step stands: `filter   succeeded   1,204 rows in, 903 out, 0.4 s`. */
export function stepLine(step: DemoStep): string {
  const head = step.name.padEnd(NAME_WIDTH) + step.status.padEnd(STATUS_WIDTH);
  return `${head} ${detailsOf(step).join(', ')}`.trimEnd();
}

function detailsOf({ status, attempts, rowsIn, rowsOut, startedAt, finishedAt, message }: DemoStep) {
  const isOver = startedAt !== null && finishedAt !== null;
  return [
    rowsIn !== null && `${rowsIn.toLocaleString('en-US')} rows in`,
    rowsOut !== null && `${rowsOut.toLocaleString('en-US')} ${rowsIn === null ? 'rows' : 'out'}`,
    isOver && `${((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s`,
    attempts > 1 && `attempt ${attempts}`,
    status !== 'succeeded' && message, // what went wrong the last time
  ].filter((part) => typeof part === 'string');
}
