import { type CalendarUnit, type ScheduleFields, type ScheduleType } from './smsCampaign.ts';

/** A schedule with nothing left to its type. */
export interface Schedule {
  unit: CalendarUnit;
  everyOther: number;
  /** Null: units are counted from the one of the start. */
  baseTier: number | null;
  /** Null: the day that the start is in its unit. */
  fixedDay: number | null;
  /** Ascending, each once; empty: all. */
  selectedSet: readonly number[];
}

const presets: Record<ScheduleType, { unit: CalendarUnit; everyOther: number }> = {
  Daily: { unit: 'Day', everyOther: 1 },
  Weekly: { unit: 'Week', everyOther: 1 },
  Monthly: { unit: 'Month', everyOther: 1 },
  Quarterly: { unit: 'Month', everyOther: 3 },
  HalfYearly: { unit: 'Month', everyOther: 6 },
  Yearly: { unit: 'Month', everyOther: 12 },
  Custom: { unit: 'Month', everyOther: 1 },
};

/**
 * Fills in what a schedule leaves out: unit and distance by its type; what it says itself wins, each field by itself
 * (contract: sms-inbound, "Due dates").
 */
export function resolveSchedule(fields: ScheduleFields): Schedule {
  return {
    unit: unitOf(fields),
    everyOther: fields.scheduleEveryOther ?? presets[fields.scheduleType].everyOther,
    baseTier: fields.scheduleBaseTier,
    fixedDay: fields.scheduleFixedDay,
    selectedSet: ascending(fields.scheduleSelectedSet),
  };
}

/** What a schedule counts in: as it says, else as its type does; Month where it says neither. */
export function unitOf({ scheduleType = 'Custom', scheduleCalendarUnit }: Partial<ScheduleFields>): CalendarUnit {
  return scheduleCalendarUnit ?? presets[scheduleType].unit;
}

function ascending(ordinals: readonly number[]) {
  return ordinals.length < 2 ? ordinals : [...new Set(ordinals)].sort((one, other) => one - other);
}
