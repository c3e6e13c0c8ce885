import { day } from '@muster/core/directoryFields';
import { integer, integerText, type Notes, pattern } from '@muster/core/fields';

export const clearable = { optional: true, nullable: true } as const;

/** A guid. */
export const guid = (notes: Notes = {}) =>
  pattern(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, {
    example: '3f0c5d0e-8f7a-4a53-9c1b-2f1f5f6f3a10',
    ...notes,
    message: 'must be a guid',
  });

/** Which error stands on a message or a subscription; null: none. */
export const errorCode = (notes: Notes = {}) =>
  pattern(/^\d{5,6}$/, { nullable: true, example: '10063', ...notes, message: 'must be a code' });

/** A moment as this API writes it. */
export const timestamp = (notes: Notes = {}) =>
  pattern(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} [+-]\d{4}$/, {
    example: '2026-03-09 14:30:00 +0100',
    ...notes,
    message: 'must be a moment',
  });

/** A day of the organisation's calendar. */
export const calendarDay = (notes: Notes = {}) => day({ example: '2026-03-09', ...notes });

/** A shortcode, or a number that texts are sent to. */
export const channel = (notes: Notes = {}) =>
  pattern(/^\d{3,15}$/, { example: '1217', ...notes, message: 'must be a shortcode or number: 3 to 15 digits' });

const MOST_PAGES = 10_000;

/** Which page of a list. */
export class NumberedPageQuery {
  @integerText({ optional: true, min: 1, max: MOST_PAGES, description: 'From 1 on; 1 where absent', example: 1 })
  pageNumber = 1;
  @integerText({ optional: true, min: 1, max: 100, description: 'Of one page; 25 where absent', example: 25 })
  pageSize = 25;
}

const BARE_PAGE = 1_000;

/** Which page of a bare list: one that nobody asks for by pages is all there is, for whoever has no more than that. */
export class BareListQuery {
  @integerText({ optional: true, min: 1, max: MOST_PAGES, description: 'From 1 on; 1 where absent', example: 1 })
  pageNumber = 1;
  @integerText({
    optional: true,
    min: 1,
    max: BARE_PAGE,
    description: 'Of one page; 1000 where absent',
    example: 1_000,
  })
  pageSize = BARE_PAGE;
}

/** What a page of a list says of itself. */
export class NumberedPageAnswer {
  @integer({ min: 1 }) pageNumber!: number;
  @integer({ min: 1 }) pageSize!: number;
}
