import { regF } from './regF.ts';
import { type RulePack } from './rulePack.ts';

const channels = ['voice', 'text'] as const;
const most = { light: 2, normal: 2, heavy: 2 };

/** Massachusetts' debt collection regulations, 940 CMR 7.00: stricter counts on top of what holds federally. */
export const massachusetts: RulePack = {
  name: 'massachusetts',
  version: '1',
  effectiveFrom: '2012-03-02',
  hours: { from: 8, until: 21, source: '940 CMR 7.04(1)(g): not before 8 a.m. or after 9 p.m.' },
  frequency: [
    {
      id: 'calls-and-texts-in-7-days',
      ...{ channels, places: 'personalOrHome', windowHours: 7 * 24, most },
      source: '940 CMR 7.04(1)(f): in excess of two in each seven-day period, at a residence or personal telephone',
    },
    {
      id: 'calls-and-texts-in-30-days',
      ...{ channels, places: 'elsewhere', windowHours: 30 * 24, most },
      source: '940 CMR 7.04(1)(f): in excess of two in each 30-day period, elsewhere',
    },
  ],
  conversation: regF.conversation,
};
