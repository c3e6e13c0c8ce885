import { isCalendarDate, refuseDate, refuseInstant } from './checkDates.ts';

it.each(['2024-02-29', '1000-01-01', '9999-12-31', '1980-11-30'])('takes %s for a day', (text) => {
  expect(isCalendarDate(text)).toBe(true);
  expect(refuseDate(text)).toBeUndefined();
});

it.each(['2023-02-29', '2023-13-01', '2023-00-10', '2023-04-31', '0999-01-01', '0000-01-01', '23-01-01', '2023-1-1'])(
  'knows no day %s',
  (text) => {
    expect(refuseDate(text)).toMatchObject({ code: 'notADate' });
  },
);

it.each(['2026-03-08T05:00:00Z', '2026-03-08T05:00Z', '2026-03-08T05:00:00.123456+14:00', '2026-03-08T23:59:59-05:00'])(
  'takes %s for a moment',
  (text) => {
    expect(refuseInstant(text)).toBeUndefined();
    expect(Number.isNaN(Date.parse(text))).toBe(false);
  },
);

it.each([
  '2026-03-08',
  '2026-03-08T05:00:00',
  '2026-02-30T05:00:00Z',
  '2026-03-08T24:00:00Z',
  '2026-03-08T05:00:60Z',
  '2026-W10-1T05:00:00Z',
  '+012026-03-08T05:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-10:00',
  '2026-03-08T05:00:00+24:00',
])('knows no moment %s', (text) => {
  expect(refuseInstant(text)).toMatchObject({ code: 'notAnInstant' });
});
