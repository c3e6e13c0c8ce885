import { refuseDate, refuseInstant } from './checkDates.ts';
import { refuseDaysOfWeek, refuseTimesOfDay } from './checkDoNotInteract.ts';
import { refuseJsonObject, refuseMetaData } from './checkJson.ts';
import { instant, type Notes, pattern, raw, text } from './fields.ts';
import { refuseTimeZone } from './timeZone.ts';

// Fields of the borrower directory, one declaration for bodies and answers alike.

/** A day of the calendar: `1980-02-29`. */
export const day = (notes: Notes = {}) =>
  pattern(/^[1-9]\d{3}-\d\d-\d\d$/, {
    ...notes,
    rule: refuseDate,
    message: 'must be a day of the calendar, YYYY-MM-DD',
  });

/** A moment that can be stored. */
export const moment = (notes: Notes = {}) => instant({ ...notes, rule: refuseInstant });

/** The IANA name of a time zone. */
export const zone = (notes: Notes = {}) =>
  text({ ...notes, min: 1, max: 64, rule: refuseTimeZone, example: 'America/New_York' });

const META_DATA = 'The caller’s own facts: at most 50 keys of up to 100 characters, each with a text of up to 500';
/** The caller's own facts about an object. */
export const metaData = (notes: Notes = {}) =>
  raw(
    {
      type: 'object',
      maxProperties: 50,
      propertyNames: { minLength: 1, maxLength: 100 },
      additionalProperties: { type: 'string', maxLength: 500 },
    },
    { description: META_DATA, ...notes, rule: refuseMetaData },
  );

/** An object of the caller's making, at most 5 levels deep and 20,000 characters long. */
export const jsonObject = (notes: Notes = {}) => raw({ type: 'object' }, { ...notes, rule: refuseJsonObject });

/** Days of the week. */
export const daysOfWeek = (notes: Notes = {}) =>
  raw(
    {
      type: 'array',
      minItems: 1,
      maxItems: 7,
      uniqueItems: true,
      items: { type: 'integer', minimum: 0, maximum: 6 },
    },
    { ...notes, rule: refuseDaysOfWeek },
  );

/** Hours of the day. */
export const timesOfDay = (notes: Notes = {}) =>
  raw(
    {
      type: 'array',
      minItems: 1,
      maxItems: 24,
      items: {
        type: 'object',
        properties: {
          fromHour: { type: 'integer', minimum: 0, maximum: 23 },
          toHour: { type: 'integer', minimum: 1, maximum: 24 },
        },
        required: ['fromHour', 'toHour'],
        additionalProperties: false,
      },
    },
    { ...notes, rule: refuseTimesOfDay },
  );
