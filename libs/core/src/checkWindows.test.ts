import { checkWindows } from './checkWindows.ts';

const settings = {
  timeZone: 'America/New_York',
  dispatchWindow: { from: '05:00', to: '08:00' },
  catchUpUntil: '12:00',
};
const faultsOf = (changes: object) => checkWindows({ ...settings, ...changes }).map(({ field, code }) => [field, code]);

it('finds nothing wrong with the defaults', () => {
  expect(faultsOf({})).toEqual([]);
});

it.each(['24:00', '5:00', '05:60', '', '05:00:00', 'noon', '05:00\n'])('refuses %j for a time of day', (from) => {
  expect(faultsOf({ dispatchWindow: { from, to: '08:00' } })).toEqual([['dispatchWindow.from', 'timeOfDay']]);
});

it.each([[{ from: '08:00', to: '08:00' }], [{ from: '22:00', to: '05:00' }]])(
  'refuses a window that is empty or crosses midnight: %j',
  (dispatchWindow) => {
    expect(faultsOf({ dispatchWindow, catchUpUntil: '23:00' })).toEqual([['dispatchWindow.to', 'windowOrder']]);
  },
);

it.each([
  [{ from: '17:00', to: '10:00' }, ['sendWindow.to', 'windowOrder']],
  [{ from: '25:00', to: '10:00' }, ['sendWindow.from', 'timeOfDay']],
])('refuses the send window %j', (sendWindow, fault) => {
  expect(faultsOf({ sendWindow })).toEqual([fault]);
});

it.each(['08:00', '04:00'])('refuses a cut-off at %s, not after the window', (catchUpUntil) => {
  expect(faultsOf({ catchUpUntil })).toEqual([['catchUpUntil', 'windowOrder']]);
});

it.each(['Mars/Olympus', '', 'local', '+03:00', 'UTC+3', 'America/New York', 'x'.repeat(100)])(
  'refuses %j for a time zone',
  (timeZone) => {
    expect(faultsOf({ timeZone })).toEqual([['timeZone', 'unknownTimeZone']]);
  },
);

it('takes zones with half hours, several parts and odd names', () => {
  for (const timeZone of [
    'Asia/Kolkata',
    'America/Argentina/Buenos_Aires',
    'Etc/GMT+5',
    'UTC',
    'America/Port-au-Prince',
  ]) {
    expect(faultsOf({ timeZone })).toEqual([]);
  }
});

it('names all faults at once', () => {
  const all = { timeZone: 'x', dispatchWindow: { from: 'a', to: 'b' }, catchUpUntil: 'c' };
  expect(faultsOf(all)).toHaveLength(4);
});
