import { type DailyWindow } from './dispatchTime.ts';
import { type Fault } from './errors.ts';
import { isTimeOfDay, secondOf } from './timeOfDay.ts';
import { refuseTimeZone } from './timeZone.ts';

/** The settings of a company that say when its scheduled campaigns run, and when messages go out. */
export interface DispatchSettings {
  /** An IANA name. */
  timeZone: string;
  /** Within it the scheduled campaigns begin, spread evenly. */
  dispatchWindow: DailyWindow;
  /** Until then, local time, a slot that was missed that day is still run. */
  catchUpUntil: string;
  /** Within it messages go out. */
  sendWindow?: DailyWindow;
}

/** What is wrong with a company's zone and windows: `from < to < catchUpUntil`, all within one day. None: all is well. */
export function checkWindows({ timeZone, dispatchWindow, catchUpUntil, sendWindow }: DispatchSettings): Fault[] {
  const times = {
    ...timesOf('dispatchWindow', dispatchWindow),
    catchUpUntil,
    ...(sendWindow && timesOf('sendWindow', sendWindow)),
  };
  const faults = Object.entries(times)
    .filter(([, text]) => !isTimeOfDay(text))
    .map(([field]) => ({ field, code: 'timeOfDay', message: 'write a time of day as HH:MM, from 00:00 to 23:59' }));
  const refusal = refuseTimeZone(timeZone);
  if (refusal) faults.push({ field: 'timeZone', ...refusal });
  if (faults.length > 0) return faults;
  return [
    ...faultsOfWindow('dispatchWindow', dispatchWindow),
    ...faultsOfCutOff(dispatchWindow, catchUpUntil),
    ...(sendWindow ? faultsOfWindow('sendWindow', sendWindow) : []),
  ];
}

function timesOf(name: string, { from, to }: DailyWindow) {
  return { [`${name}.from`]: from, [`${name}.to`]: to };
}

function faultsOfWindow(name: string, { from, to }: DailyWindow): Fault[] {
  if (secondOf(from) < secondOf(to)) return [];
  const message = `must be later than ${from}, on the same day: a window does not cross midnight`;
  return [{ field: `${name}.to`, code: 'windowOrder', message }];
}

function faultsOfCutOff({ to }: DailyWindow, catchUpUntil: string): Fault[] {
  if (secondOf(to) < secondOf(catchUpUntil)) return [];
  const message = `must be later than ${to}, the end of the dispatch window, on the same day`;
  return [{ field: 'catchUpUntil', code: 'windowOrder', message }];
}
