import { describeCrontab } from '@muster/core/describeCrontab';
import { zone } from '@muster/core/directoryFields';
import { dueTimes } from '@muster/core/dueTimes';
import { instant, list, nested, oneOf, pattern, text } from '@muster/core/fields';
import { type CampaignSchedule } from '@muster/db/campaignSchedules';
import { slotStates, type SlotView } from '@muster/db/slotViews';
import { DailyWindow } from '../company/dto.ts';
import { type ForeseenFailure } from './foreseeFailure.ts';

const campaignId = () => text({ description: 'The campaign', example: 'CM-7K2M-Q9TX' });
const date = () =>
  pattern(/^\d{4}-\d\d-\d\d$/, {
    ...{ message: 'must be a date', description: 'In the company’s calendar', example: '2026-03-09' },
  });
const dueAt = () => instant({ description: 'The moment', example: '2026-03-09T10:17:42.000Z' });

class DueTimeAnswer {
  @date() dueDate!: string;
  @dueAt() dueAt!: Date;
  @pattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/, {
    ...{ message: 'must be a local time with its offset', example: '2026-03-09T06:17:42-04:00' },
    description: 'The same moment on the company’s clock, with its distance to UTC',
  })
  localTime!: string;
}

class ForeseenAnswer {
  @text({ description: 'The code of the error', example: 'queryNotSet' }) code!: string;
  @text({ description: 'What is to be mended', example: 'the campaign names no query: set redashQueryUrl' })
  message!: string;
}

/** When a campaign is due next. */
export class ScheduleAnswer {
  @oneOf(['campaignSchedule']) object!: string;
  @campaignId() campaignId!: string;
  @text({
    ...{ nullable: true, max: 500, lines: true, example: 'P P * * 1-5' },
    description: 'The Peachy crontab; null: by hand only',
  })
  schedule!: string | null;
  @text({ nullable: true, max: 2_000, description: 'The days, in plain words', example: 'Monday to Friday' })
  description!: string | null;
  @zone({ description: 'Of the company: an IANA zone' }) timeZone!: string;
  @nested(() => DailyWindow, { description: 'Within it each campaign has a time of its own, the same every day' })
  dispatchWindow!: DailyWindow;
  @list(() => DueTimeAnswer, { description: 'The next due times, the nearest first' }) next!: DueTimeAnswer[];
  @nested(() => ForeseenAnswer, {
    nullable: true,
    description: 'What these runs would fail with, as the campaign stands; null: nothing that can be told beforehand',
  })
  foreseen!: ForeseenAnswer | null;
}

/** What came of a date on which a campaign was due. */
export class SlotAnswer {
  @text({ description: 'Made of the campaign’s id and the date', example: 'SL-7K2MQ9TX-20260309' }) id!: string;
  @oneOf(['campaignSlot']) object!: string;
  @campaignId() campaignId!: string;
  @date() dueDate!: string;
  @dueAt() dueAt!: Date;
  @oneOf(slotStates, { description: 'What came of it' }) state!: string;
  @text({
    ...{ nullable: true, example: null },
    description: 'Why it was missed or skipped: cutOffPassed, runActive, rescheduled …',
  })
  reason!: string | null;
  @text({ nullable: true, description: 'The run that was made of it', example: 'CR-3F6J-X8VB' }) runId!: string | null;
  @instant({ description: 'When it was put on record' }) createdAt!: Date;
}

/** The next `count` due times after `now`, as they are answered. */
export function scheduleView(
  { campaignId, crontab, timeZone, window, schedule, lastDueDate }: CampaignSchedule,
  { count, now, foreseen }: { count: number; now: Date; foreseen: ForeseenFailure | null },
): ScheduleAnswer {
  return {
    object: 'campaignSchedule',
    campaignId,
    schedule: crontab,
    description: schedule ? describeCrontab(schedule.crontab) : null,
    timeZone,
    dispatchWindow: { from: window.from, to: window.to },
    next: schedule ? dueTimes(schedule, { count, now, lastDueDate }) : [],
    foreseen,
  };
}

/** A slot as it is answered. */
export function slotView(slot: SlotView): SlotAnswer {
  const { id, campaignId, dueDate, dueAt, state, reason, runId, createdAt } = slot;
  return { id, object: 'campaignSlot', campaignId, dueDate, dueAt, state, reason, runId, createdAt };
}
