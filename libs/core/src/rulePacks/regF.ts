import { type RulePack } from './rulePack.ts';

/**
 * Regulation F, in force since 30 November 2021: 12 CFR part 1006, as amended by 85 FR 76734 and 86 FR 5766. What it calls a
 * presumption is a limit here. Its exceptions (calls that were consented to, that did not connect) are not made use of.
 */
export const regF: RulePack = {
  name: 'reg-f',
  version: '1',
  effectiveFrom: '2021-11-30',
  hours: {
    from: 8,
    until: 21,
    source: '12 CFR 1006.6(b)(1)(i): before 8 a.m. and after 9 p.m. local time is inconvenient',
  },
  frequency: [
    {
      id: 'calls-in-7-days',
      channels: ['voice'],
      places: 'any',
      windowHours: 168,
      most: { light: 2, normal: 7, heavy: 7 }, // light is the lender's own promise, not the regulation's
      source: '12 CFR 1006.14(b)(2)(i)(A): more than seven times within seven consecutive days',
    },
  ],
  conversation: {
    channels: ['voice'],
    windowHours: 168,
    source: '12 CFR 1006.14(b)(2)(i)(B): within seven consecutive days after a telephone conversation',
  },
};
