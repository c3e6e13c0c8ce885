import { type StepView } from '@muster/db/runViews';
import { whyItWaits } from './whyItWaits.ts';

const at = (time: string) => `2026-11-23T${time}:00.000Z`;
const failing = (values: Partial<StepView> = {}) =>
  ({
    ...{ name: 'query', status: 'pending', message: 'Redash is away', crashes: 0 },
    ...{ failures: 2, givesUpAt: at('11:00'), mostFailures: null },
    ...values,
  }) as StepView;
const untilTen = { step: 'query', for: 'time', at: at('10:00') } as const;

it('says of a step that fails when it is tried again, and when it gives up', () => {
  expect(whyItWaits(failing(), untilTen)).toBe(
    `Redash is away; it is tried again at ${at('10:00')}; it gives up when it fails after ${at('11:00')}`,
  );
  expect(whyItWaits(failing({ status: 'running' }), null)).toBe(
    `Redash is away; it gives up when it fails after ${at('11:00')}`,
  );
});

it('says which try is the last, and at which failure an address is taken for a wrong one', () => {
  expect(whyItWaits(failing({ givesUpAt: at('09:59') }), untilTen)).toContain(`is tried a last time at ${at('10:00')}`);
  expect(whyItWaits(failing({ mostFailures: 6 }), untilTen)).toContain(
    `gives up at failure 6, of which there were 2, or when it fails after ${at('11:00')}`,
  );
});

it('says how many workers it has cost, and how many it may', () => {
  const poisonous = failing({ message: null, failures: 0, givesUpAt: null, crashes: 2 });
  const waiting = { step: 'query', for: 'worker', at: at('10:00') } as const;
  expect(whyItWaits(poisonous, waiting)).toBe(
    `waits for a worker since ${at('10:00')}; it has lost 2 of the 3 workers at which the run is parked`,
  );
});

it('says of a step that is over only what came of it, and of one that only waits nothing of an end', () => {
  expect(whyItWaits(failing({ status: 'succeeded', message: '7 rows', crashes: 1 }), null)).toBe('7 rows');
  expect(whyItWaits(failing({ message: null, failures: 0, givesUpAt: null }), untilTen)).toBe(
    `waits until ${at('10:00')}`,
  );
});
