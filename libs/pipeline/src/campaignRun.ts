import { type StepName } from './run.ts';
import { type RunSettings } from './runSettings.ts';
import { pipeline, step } from './step.ts';
import { exportContacts } from './steps/exportContacts.ts';
import { filterContacts } from './steps/filterContacts.ts';
import { queryRows } from './steps/queryRows.ts';
import { reportRun } from './steps/reportRun.ts';
import { uploadContacts } from './steps/uploadContacts.ts';

const hasExporter = ({ exporter }: RunSettings) => exporter !== null;
const hasUpload = ({ exporter, sftp }: RunSettings) => exporter !== null && sftp !== null;

/** One run of a campaign, top to bottom. Any step may run twice; each must leave the same result. */
export const campaignRun = pipeline([
  step('query', { writes: ['query_results.csv'] }, queryRows),
  step(
    'filter',
    { reads: ['query_results.csv'], writes: ['campaign_input.csv', 'matches.csv', 'exclusions.csv'] },
    filterContacts,
  ),
  step('export', { reads: ['matches.csv'], writes: ['contacts_output.csv'], when: hasExporter }, exportContacts),
  step('upload', { reads: ['contacts_output.csv'], when: hasUpload }, uploadContacts),
  step('report', { writes: ['log.txt'] }, reportRun),
]);

/** The names of the steps that a run with these settings takes, in order. */
export function stepsFor(settings: RunSettings): StepName[] {
  return campaignRun.filter(({ when }) => when?.(settings) ?? true).map(({ name }) => name);
}
