import { flagText, integerText, pattern, text } from '@muster/core/fields';
import { type ClassConstructor } from '@muster/core/validation';
import { type PageRequest } from '@muster/db/pages';

/** What every list takes in its address. */
export class PageQuery {
  @integerText({ optional: true, min: 1, max: 100, description: 'How many at most; 25 where absent' }) limit = 25;
  @text({ optional: true, min: 1, max: 600, description: 'The id of the object after which the page begins' })
  startingAfter?: string;
  @text({ optional: true, min: 1, max: 600, description: 'The id of the object before which the page ends' })
  endingBefore?: string;
}

/** What a list takes that can be sorted. */
export interface SortedPageQuery extends PageQuery {
  sortBy?: string;
}

/** What a list takes that can be sorted by these fields. */
export function sortedPageQuery(fields: string[]): ClassConstructor<SortedPageQuery> {
  class Query extends PageQuery {}
  const field = `-?(?:${fields.join('|')})`;
  const sortBy = pattern(new RegExp(`^${field}(?:,${field}){0,2}$`), {
    optional: true,
    message: `must be one to three of ${fields.join(', ')}, with commas between and a - in front of those that descend`,
    description: `Up to three fields with commas between, a - in front for descending: ${fields.join(', ')}`,
    example: `-${fields[0] ?? ''}`,
  });
  sortBy(Query.prototype, 'sortBy');
  return Query;
}

/** What every single object takes in its address. */
export class ObjectQuery {
  @flagText({ optional: true, description: 'Whether a deleted object is shown, too' }) includeDeleted = false;
}

/** The page that a query asks for. */
export function pageRequestOf({ limit, startingAfter, endingBefore, sortBy }: SortedPageQuery): PageRequest {
  return {
    limit,
    ...(startingAfter !== undefined && { startingAfter }),
    ...(endingBefore !== undefined && { endingBefore }),
    ...(sortBy !== undefined && { sortBy: sortBy.split(',') }),
  };
}
