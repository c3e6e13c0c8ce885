import { flagText, integerText, text } from '@muster/core/fields';

/** What every list takes in its address. */
export class PageQuery {
  @integerText({ optional: true, min: 1, max: 100 }) limit = 25;
  @text({ optional: true, min: 1, max: 600 }) startingAfter?: string;
  @text({ optional: true, min: 1, max: 600 }) endingBefore?: string;
}

/** What every single object takes in its address. */
export class ObjectQuery {
  @flagText({ optional: true }) includeDeleted = false;
}
