import { IANAZone } from 'luxon';
import { type DailyWindow } from './dispatchTime.ts';
import { type Fault } from './errors.ts';
import { isTimeOfDay, secondOf } from './timeOfDay.ts';

/** The settings of a company that say when its scheduled campaigns run. */
export interface DispatchSettings {
  /** An IANA name. */
  timeZone: string;
  /** Within it the scheduled campaigns begin, spread evenly. */
  dispatchWindow: DailyWindow;
  /** Until then, local time, a slot that was missed that day is still run. */
  catchUpUntil: string;
}

/** What is wrong with a company's zone and windows: `from < to < catchUpUntil`, all within one day. None: all is well. */
export function checkWindows({ timeZone, dispatchWindow, catchUpUntil }: DispatchSettings): Fault[] {
  const times = { 'dispatchWindow.from': dispatchWindow.from, 'dispatchWindow.to': dispatchWindow.to, catchUpUntil };
  const faults = Object.entries(times)
    .filter(([, text]) => !isTimeOfDay(text))
    .map(([field]) => ({ field, code: 'timeOfDay', message: 'write a time of day as HH:MM, from 00:00 to 23:59' }));
  if (!isTimeZone(timeZone)) {
    faults.push({
      field: 'timeZone',
      code: 'unknownTimeZone',
      message: 'write the IANA name of a time zone, for instance America/New_York',
    });
  }
  return faults.length > 0 ? faults : checkOrder(dispatchWindow, catchUpUntil);
}

function checkOrder({ from, to }: DailyWindow, catchUpUntil: string): Fault[] {
  const faults: Fault[] = [];
  if (secondOf(from) >= secondOf(to)) {
    faults.push({
      field: 'dispatchWindow.to',
      code: 'windowOrder',
      message: `must be later than ${from}, on the same day: a window does not cross midnight`,
    });
  }
  if (secondOf(to) >= secondOf(catchUpUntil)) {
    faults.push({
      field: 'catchUpUntil',
      code: 'windowOrder',
      message: `must be later than ${to}, the end of the dispatch window, on the same day`,
    });
  }
  return faults;
}

// Newer engines take offsets such as +03:00 for zones, too. They know no summer time, so nobody means them here.
function isTimeZone(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name) && IANAZone.isValidZone(name);
}
