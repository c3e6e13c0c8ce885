import { regF } from './regF.ts';
import { type RulePack } from './rulePack.ts';

const channels = ['voice', 'text'] as const;
const most = { light: 2, normal: 2, heavy: 2 };

/**
 * The debt collection regulations of Massachusetts, 940 CMR 7.00, as amended in March 2012: stricter counts on top of what
 * holds federally, for each debt. They count calls in which a message could have been left; here every attempt counts.
 */
export const massachusetts: RulePack = {
  name: 'massachusetts',
  version: '1',
  effectiveFrom: '2012-03-02',
  hours: { from: 8, until: 21, source: '940 CMR 7.04(1)(g): other than between 8 a.m. and 9 p.m.' },
  frequency: [
    {
      id: 'calls-and-texts-in-7-days',
      ...{ channels, places: 'personalOrHome', windowHours: 7 * 24, most },
      source:
        '940 CMR 7.04(1)(f): in excess of two in each seven-day period, to a residence, cellular or personal telephone',
    },
    {
      id: 'calls-and-texts-in-30-days',
      ...{ channels, places: 'elsewhere', windowHours: 30 * 24, most },
      source: '940 CMR 7.04(1)(f): in excess of two in each 30-day period, other than there',
    },
  ],
  conversation: regF.conversation,
};
