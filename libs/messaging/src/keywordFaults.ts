import { longestValues, refuseReply, replyLengthFaults, type Replying, unfilledWords } from './replyFaults.ts';
import { type SmsFault, smsFault } from './smsFault.ts';

interface NewKeyword {
  keyword: string;
  channel: string;
  idleText: string | null;
}

/**
 * What is wrong between a keyword and its campaign, null where it has none: replies that take more than 9 parts with it, as a
 * keyword beyond GSM-7 may cause, and an idle text that has a word without a value, or is as long.
 */
export function keywordFaults({ idleText, ...address }: NewKeyword, campaign: Replying | null): SmsFault[] {
  const replies = campaign ? replyLengthFaults(campaign, address) : [];
  const tooLong = refuseReply(idleText, longestValues(campaign, address));
  return [
    ...replies.map(({ field, message }) =>
      smsFault(
        'textTooLong',
        'keyword',
        `with it ${field} of the campaign ${message}: choose a shorter one, or one in GSM-7`,
      ),
    ),
    ...unfilledWords(idleText ?? '', campaign).map(({ word, source, code }) =>
      smsFault(code, 'keywordIdleText', `has [${word}], for which its campaign needs ${source}: leave [${word}] out`),
    ),
    ...(tooLong === undefined ? [] : [smsFault('textTooLong', 'keywordIdleText', tooLong)]),
  ];
}
