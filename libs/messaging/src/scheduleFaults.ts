import { type CalendarDate } from '@muster/core/calendarDate';
import { calendarUnits } from './calendarUnits.ts';
import { type CampaignDraft } from './campaignDraft.ts';
import { nextDueDate } from './nextDueDate.ts';
import { readSelectedSet } from './readSelectedSet.ts';
import { resolveSchedule, type Schedule } from './resolveSchedule.ts';
import { type ScheduleFields } from './smsCampaign.ts';
import { smsLimits } from './smsLimits.ts';
import { type SmsFault, smsFault } from './smsFault.ts';

/** A schedule as a client sends it, in a campaign or an agreement. */
export type ScheduleDraft = Pick<CampaignDraft, keyof ScheduleFields>;

const LONGEST_UNIT_DAYS = 366;

/**
 * What is wrong with a schedule: fields out of range for its unit, and dates that never come, seen from `today` of the
 * organisation. A fixed day beyond the end of its unit is no fault: it is the unit's last day.
 */
export function scheduleFaults(draft: ScheduleDraft, today: CalendarDate): SmsFault[] {
  const { fields, faults } = readSchedule(draft);
  const schedule = resolveSchedule(fields);
  faults.push(...rangeFaults(schedule), ...distanceFaults(schedule));
  return faults.length === 0 && !everComes(schedule, today) ? [neverFault(schedule, today)] : faults;
}

/** The fields of a schedule as they are stored. A selected set that is none is the one fault that this can find. */
export function readSchedule(draft: ScheduleDraft): { fields: ScheduleFields; faults: SmsFault[] } {
  const text = draft.scheduleSelectedSet;
  const selectedSet = isBlank(text) ? [] : readSelectedSet(text);
  const fields: ScheduleFields = {
    scheduleType: draft.scheduleType ?? 'Custom',
    scheduleCalendarUnit: draft.scheduleCalendarUnit ?? null,
    scheduleBaseTier: draft.scheduleBaseTier ?? null,
    scheduleFixedDay: draft.scheduleFixedDay ?? null,
    scheduleEveryOther: draft.scheduleEveryOther ?? null,
    scheduleSelectedSet: selectedSet ?? [],
  };
  if (selectedSet) return { fields, faults: [] };
  const message = 'must be a list of whole numbers from 1 to 9999 as text: [1,2,3]';
  return { fields, faults: [smsFault('notSelectedSet', 'scheduleSelectedSet', message)] };
}

function rangeFaults({ unit, baseTier, fixedDay, selectedSet }: Schedule): SmsFault[] {
  const { highestOrdinal } = calendarUnits[unit];
  const checks = [
    { field: 'scheduleBaseTier', values: [baseTier ?? 1], most: highestOrdinal },
    { field: 'scheduleFixedDay', values: [fixedDay ?? 1], most: LONGEST_UNIT_DAYS },
    { field: 'scheduleSelectedSet', values: selectedSet, most: highestOrdinal },
  ];
  return checks
    .filter(({ values, most }) => !values.every((value) => Number.isInteger(value) && value >= 1 && value <= most))
    .map(({ field, most }) => {
      const what = field === 'scheduleFixedDay' ? 'a day' : `an ordinal of the unit ${unit}`;
      return smsFault('scheduleOutOfRange', field, `must be ${what}: write whole numbers from 1 to ${most}`);
    });
}

function distanceFaults({ everyOther }: Schedule): SmsFault[] {
  const message = `must be a whole number from 1 to ${smsLimits.everyOther}`;
  if (!Number.isInteger(everyOther) || everyOther < 1)
    return [smsFault('everyOtherTooLow', 'scheduleEveryOther', message)];
  if (everyOther > smsLimits.everyOther) return [smsFault('scheduleOutOfRange', 'scheduleEveryOther', message)];
  return [];
}

// Where a schedule counts from its start, it comes for who signs up in a selected unit.
function everComes(schedule: Schedule, today: CalendarDate): boolean {
  const baseTier = schedule.baseTier ?? schedule.selectedSet.at(-1) ?? null;
  return nextDueDate({ ...schedule, baseTier }, { start: today, after: today }) !== undefined;
}

function neverFault({ unit, baseTier }: Schedule, today: CalendarDate): SmsFault {
  const year = Number(today.slice(0, 4));
  if (unit === 'Year' && baseTier !== null && baseTier < year) {
    return smsFault('scheduleNeverComes', 'scheduleBaseTier', `has gone by: write ${year} or a later year`);
  }
  const message =
    'no date ever comes: write units to come that scheduleEveryOther reaches from scheduleBaseTier, or leave it out for all of them';
  return smsFault('scheduleNeverComes', 'scheduleSelectedSet', message);
}

function isBlank(text: string | null | undefined): text is null | undefined | '' {
  return text === undefined || text === null || text.trim() === '';
}
