import { integerText } from '@muster/core/fields';

/** The address of a schedule's preview. */
export class ScheduleQuery {
  @integerText({ optional: true, min: 1, max: 100, description: 'How many due times at most; 10 where absent' }) count =
    10;
}
