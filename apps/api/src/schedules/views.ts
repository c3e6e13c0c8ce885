import { describeCrontab } from '@muster/core/describeCrontab';
import { dueTimes } from '@muster/core/dueTimes';
import { instant, list, nested, oneOf, pattern, text } from '@muster/core/fields';
import { type CampaignSchedule } from '@muster/db/campaignSchedules';
import { slotStates, type SlotView } from '@muster/db/slotViews';

const date = () =>
  pattern(/^\d{4}-\d\d-\d\d$/, { message: 'must be a date', description: 'In the company’s calendar' });
const timeOfDay = () => pattern(/^\d\d:\d\d$/, { message: 'must be a time of day' });

class WindowAnswer {
  @timeOfDay() from!: string;
  @timeOfDay() to!: string;
}

class DueTimeAnswer {
  @date() dueDate!: string;
  @instant() dueAt!: Date;
  @pattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/, {
    message: 'must be a local time with its offset',
    description: 'The same moment on the company’s clock, with its distance to UTC',
  })
  localTime!: string;
}

/** When a campaign is due next. */
export class ScheduleAnswer {
  @oneOf(['campaignSchedule']) object!: string;
  @text() campaignId!: string;
  @text({ nullable: true, max: 500, lines: true, description: 'The Peachy crontab; null: by hand only' })
  schedule!: string | null;
  @text({ nullable: true, max: 2_000, description: 'The days, in plain words' }) description!: string | null;
  @text({ description: 'Of the company: an IANA zone' }) timeZone!: string;
  @nested(() => WindowAnswer, { description: 'Within it each campaign has a time of its own, the same every day' })
  dispatchWindow!: WindowAnswer;
  @list(() => DueTimeAnswer) next!: DueTimeAnswer[];
}

/** What came of a date on which a campaign was due. */
export class SlotAnswer {
  @text({ description: 'Made of the campaign’s id and the date' }) id!: string;
  @oneOf(['campaignSlot']) object!: string;
  @text() campaignId!: string;
  @date() dueDate!: string;
  @instant() dueAt!: Date;
  @oneOf(slotStates) state!: string;
  @text({ nullable: true, description: 'Why it was missed or skipped: cutOffPassed, runActive, rescheduled …' })
  reason!: string | null;
  @text({ nullable: true, description: 'The run that was made of it' }) runId!: string | null;
  @instant() createdAt!: Date;
}

/** The next `count` due times after `now`, as they are answered. */
export function scheduleView(
  { campaignId, crontab, timeZone, window, schedule, lastDueDate }: CampaignSchedule,
  { count, now }: { count: number; now: Date },
): ScheduleAnswer {
  return {
    object: 'campaignSchedule',
    campaignId,
    schedule: crontab,
    description: schedule ? describeCrontab(schedule.crontab) : null,
    timeZone,
    dispatchWindow: { from: window.from, to: window.to },
    next: schedule ? dueTimes(schedule, { count, now, lastDueDate }) : [],
  };
}

/** A slot as it is answered. */
export function slotView(slot: SlotView): SlotAnswer {
  const { id, campaignId, dueDate, dueAt, state, reason, runId, createdAt } = slot;
  return { id, object: 'campaignSlot', campaignId, dueDate, dueAt, state, reason, runId, createdAt };
}
