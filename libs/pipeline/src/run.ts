import { type RunSettings } from './runSettings.ts';

/** The steps of a run, in order. The names are stored: renaming one is a migration. */
export const stepNames = ['query', 'filter', 'export', 'upload', 'report'] as const;
export type StepName = (typeof stepNames)[number];

export const runStatuses = ['pending', 'running', 'succeeded', 'failed', 'canceled'] as const;
export type RunStatus = (typeof runStatuses)[number];

/** Who does a run's work: our own workers, or one that reports from outside. */
export const runWorkers = ['own', 'external'] as const;
export type RunWorker = (typeof runWorkers)[number];

/** What a ring of the doorbell says: look at this step of this run. */
export interface StepJob {
  runId: string;
  step: StepName;
}

/** What the lines of a run bear beside its id. */
export interface RunNames {
  campaignId: string;
  /** Of the request that started it. */
  requestId: string | null;
}

/** A ring: the job, and its number, so that a job the queue has kept never swallows a new ring. */
export interface Ring extends StepJob {
  ring: number;
  /** Where it is known: the queue knows it not. */
  names?: RunNames;
}

/** A run as its steps see it. */
export interface Run {
  id: string;
  companyId: string;
  campaignId: string;
  generation: number;
  requestId: string | null;
  startedAt: Date;
  settings: RunSettings;
}

/** The files of a run, by the names under which users see them. `matches.csv` is ours alone. */
export const runFiles = [
  'query_results.csv',
  'campaign_input.csv',
  'matches.csv',
  'exclusions.csv',
  'contacts_output.csv',
  'log.txt',
] as const;
export type RunFile = (typeof runFiles)[number];

/** The artefacts that no user sees. */
export const internalFiles: readonly RunFile[] = ['matches.csv'];

/** The files of a run that users may see. */
export const publicFiles: readonly string[] = runFiles.filter((name) => !internalFiles.includes(name));
