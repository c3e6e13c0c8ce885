import { campaignSchedule, fingerprintOf } from './campaignSchedule.ts';

const rule = {
  campaignId: 'CM-1',
  schedule: 'P P * * 1-5',
  window: { from: '05:00', to: '08:00' },
  timeZone: 'America/New_York',
  isUnplanned: false,
};

it('makes one moment within the window, in the zone of the company', () => {
  expect(campaignSchedule(rule)).toEqual({
    campaignId: 'CM-1',
    pattern: '52 41 6 * * 1,2,3,4,5', // 06:41:52, as dispatchTime.test.ts has it for this id
    timeZone: 'America/New_York',
  });
});

it('makes none for a campaign started by hand, or whose crontab cannot be read', () => {
  expect(campaignSchedule({ ...rule, schedule: null })).toBeUndefined();
  expect(campaignSchedule({ ...rule, schedule: '0 9 * * *' })).toBeUndefined();
});

it.each([{ schedule: 'P P * * *' }, { window: { from: '06:00', to: '09:00' } }, { timeZone: 'Europe/Berlin' }])(
  'differs when %j is changed',
  (change) => {
    expect(fingerprintOf(campaignSchedule({ ...rule, ...change })!)).not.toBe(fingerprintOf(campaignSchedule(rule)!));
  },
);
