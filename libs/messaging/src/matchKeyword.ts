import { type CalendarDate } from '@muster/core/calendarDate';
import { foldWord, type InboundWords } from './readKeyword.ts';

/** A keyword of a channel, as far as it decides what a text is for. */
export interface KeywordRange {
  keyword: string;
  /** Null or empty: none. */
  subKeyword: string | null;
  /** Its first and its last day, in the organisation's zone; null: without end. */
  keywordStartDate: CalendarDate | null;
  keywordEndDate: CalendarDate | null;
}

/** A keyword that a text begins with. */
export interface KeywordMatch<Keyword> {
  keyword: Keyword;
  /** Whether the day is within its dates: outside, the idle text is the answer. */
  isWithinDates: boolean;
}

/**
 * The keyword that a text begins with: one with a matching sub-keyword before one with none (contract: sms-inbound,
 * "longest match first"). The longest is it even outside its dates: a number that asks for what has ended gets its idle text, and
 * is not charged for something else. `candidates` are the channel's active keywords; `today` is the organisation's.
 */
export function matchKeyword<Keyword extends KeywordRange>(
  { first, second }: InboundWords,
  candidates: readonly Keyword[],
  today: CalendarDate,
): KeywordMatch<Keyword> | undefined {
  if (first === '') return undefined;
  const named = candidates.filter(({ keyword }) => foldWord(keyword) === first);
  const sub = (candidate: Keyword) => foldWord(candidate.subKeyword ?? '');
  const exact = named.filter((candidate) => sub(candidate) === second);
  const longest = exact.length > 0 ? exact : named.filter((candidate) => sub(candidate) === '');
  const keyword = longest.find((candidate) => isWithinDates(candidate, today)) ?? longest[0];
  return keyword && { keyword, isWithinDates: isWithinDates(keyword, today) };
}

function isWithinDates({ keywordStartDate, keywordEndDate }: KeywordRange, today: CalendarDate): boolean {
  return (keywordStartDate ?? today) <= today && today <= (keywordEndDate ?? today);
}
