import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunFile, type StepName, stepNames } from '@muster/pipeline/run';
import { type CrashPlace, type CrashPoint, crashPointNames, crashPoints } from './processes/crashPoints.ts';
import { type FaultHouse } from './faultHouse.ts';

const [, ...laterSteps] = stepNames;

/** All points, each in the first step that comes to it. */
export const firstPlaces: CrashPlace[] = crashPointNames;
/** The claims and the checkpoints of the steps behind the first one. */
export const laterPlaces: CrashPlace[] = laterSteps.flatMap((step) => [`P1-${step}`, `P15-${step}`] as const);

/** The step that is begun at each point for the second time; behind a checkpoint there is none. */
const stepOf: Record<CrashPoint, StepName | undefined> = {
  ...{ P1: 'query', P2: 'query', P3: 'query', P4: 'query', P5: 'query' },
  ...{ P6: 'filter', P7: 'filter', P8: 'export', P9: 'export' },
  ...{ P10: 'upload', P11: 'upload', P12: 'upload', P13: 'upload', P13b: 'upload', P14: 'upload' },
  P15: undefined,
};
/** Where a worker dies that has asked for its query, and has no checkpoint that says so. */
const ASKED_IN_VAIN: string[] = ['P2', 'P3', 'P4', 'P5'];
const halfOf: { [P in CrashPlace]?: Half } = {
  P4: { file: 'query_results.csv', on: 'store' },
  P8: { file: 'contacts_output.csv', on: 'store' },
  P11: { file: 'contacts_output.csv', on: 'drop' },
};

interface Half {
  file: RunFile;
  on: 'store' | 'drop';
}

/** What a death at a place costs: how often each step is begun, and Redash asked to execute the query. */
export function costOf(place: CrashPlace) {
  const [point, step] = place.split('-') as [CrashPoint, StepName?];
  const again = step !== undefined && point === 'P1' ? step : stepOf[point];
  const attempts = Object.fromEntries(stepNames.map((name) => [name, name === again ? 2 : 1]));
  return {
    attempts,
    executions: ASKED_IN_VAIN.includes(point) ? 2 : 1,
    hasLeft: place in halfOf ? 'a part' : undefined,
  };
}

/** A place in words. */
export function wordsOf(place: CrashPlace): string {
  const [point, step] = place.split('-') as [CrashPoint, StepName?];
  return step === undefined ? crashPoints[point] : `${crashPoints[point]}: ${step}`;
}

/** How many bytes of a file a death half-way through it has left under its temporary name; asked for at once, as others clear it away. */
export async function leftAt(place: CrashPlace, { house, drop }: FaultHouse, runId: string): Promise<number> {
  const half = halfOf[place];
  if (!half) return 0;
  const directory = half.on === 'store' ? join(house.directory, 'files') : drop.directory;
  const begin = half.on === 'store' ? `.${half.file}.` : `.muster-${runId}-${half.file}-`;
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter(({ name }) => name.startsWith(begin) && name.endsWith('.part'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => path.includes(runId));
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Whether these bytes are a part of the file that the run has written in the end. */
export async function judgeLeft(place: CrashPlace, { house }: FaultHouse, left: { runId: string; bytes: number }) {
  const half = halfOf[place];
  if (!half) return undefined;
  const [file] = await house.db.query<{ size: number }>(
    'select size_bytes::int as size from file where run_id = $1 and name = $2',
    [left.runId, half.file],
  );
  if (left.bytes === 0) return 'nothing';
  return left.bytes < (file?.size ?? 0) ? 'a part' : 'all';
}
