import { stepsFor } from './campaignRun.ts';
import { stepNames } from './run.ts';
import { type RunSettings } from './runSettings.ts';
import { pipeline, step } from './step.ts';

const exporter = { id: 'CE-1', contactMatchingCriteria: {}, columnSettings: [], checkCanInteractData: null };
const sftp = {
  host: 'a',
  username: 'b',
  cdDir: null,
  hostKeyFingerprint: null,
  fileNameTemplate: null,
  compression: 'none',
} as const;
const settings: RunSettings = {
  company: { id: 'CP-1', timeZone: 'UTC' },
  campaign: { id: 'CM-1', externalId: null, name: null, redashQueryUrl: null },
  exporter,
  sftp,
  hasOverride: false,
};

it('takes all steps where contacts are exported and dropped', () => {
  expect(stepsFor(settings)).toEqual(stepNames);
});

it('leaves out what the campaign does not need', () => {
  expect(stepsFor({ ...settings, sftp: null })).toEqual(['query', 'filter', 'export', 'report']);
  expect(stepsFor({ ...settings, exporter: null })).toEqual(['query', 'filter', 'report']);
});

it('refuses two steps of one name, since names are stored', () => {
  const body = async () => ({});

  expect(() => pipeline([step('query', {}, body), step('query', {}, body)])).toThrow('the same name');
});
