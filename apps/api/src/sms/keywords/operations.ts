import { NotFound } from '@muster/core/errors';
import { flag, ignored, pattern, text } from '@muster/core/fields';
import { keywordFaults } from '@muster/messaging/keywordFaults';
import { foldWord, isStopWord } from '@muster/messaging/readKeyword';
import { smsFault } from '@muster/messaging/smsFault';
import { smsLimits } from '@muster/messaging/smsLimits';
import { getSmsCampaign } from '@muster/db/sms/smsCampaigns';
import {
  deactivateKeyword,
  getKeyword,
  insertKeyword,
  type KeywordRow,
  listKeywords,
} from '@muster/db/sms/smsKeywords';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { type Faults } from '../../collectFaults.ts';
import { BareListQuery, calendarDay, channel, clearable, guid } from '../fields.ts';
import { smsOperation, type SmsOperation } from '../smsOperation.ts';

const tag = 'Keywords';
const ONE = '/keyword/{keywordGuid}';
/** Letters and digits of any alphabet: no emojis, no signs, and no white space, which ends a word. */
const WORD = /^[\p{L}\p{N}]{1,30}$/u;
const WORD_MESSAGE = 'must be one word of 1 to 30 letters and digits, without spaces, signs and emojis';
const DEFAULT_CHANNEL = '1217';

class KeywordBody {
  @flag({ optional: true, description: 'True where absent' }) active = true;
  @guid({ ...clearable, description: 'The campaign that handles it; absent: the idle text answers' }) campaignGuid?:
    string | null;
  @channel({ ...clearable, description: `The shortcode; ${DEFAULT_CHANNEL} where absent` }) channel?: string | null;
  @pattern(WORD, { message: WORD_MESSAGE, description: 'The first word of a text', example: 'GIV' }) keyword!: string;
  @pattern(WORD, { ...clearable, message: WORD_MESSAGE, description: 'The second word; absent: any', example: '50' })
  subKeyword?: string | null;
  @calendarDay({ ...clearable, description: 'From that day on' }) keywordStartDate?: string | null;
  @calendarDay({ ...clearable, description: 'Until the end of that day' }) keywordEndDate?: string | null;
  @text({
    ...{ ...clearable, max: smsLimits.septets, ruled: true, lines: true },
    description: 'What is answered at other times, in at most 9 parts, with the words in brackets of replies',
  })
  keywordIdleText?: string | null;
}

class CreateKeyword extends KeywordBody {
  @ignored() keywordGuid?: unknown;
}

class KeywordAnswer extends KeywordBody {
  @guid() keywordGuid!: string;
}

/** The words that texts begin with. */
export function keywordOperations(): SmsOperation[] {
  return [listAll, getOne, createOne, deactivateOne];
}

const listAll = smsOperation({
  ...{ name: 'listKeywords', summary: 'List the keywords', tag, method: 'get', path: '/keywords' },
  description: 'Newest first, 1,000 at most: a page that is full may be followed by another one.',
  scope: 'sms:read',
  query: BareListQuery,
  answer: { list: KeywordAnswer },
  handle: async ({ company, query }) => (await listKeywords(company, query)).map(keywordView),
});

const getOne = smsOperation({
  ...{ name: 'getKeyword', summary: 'Get a keyword', tag, method: 'get', path: ONE },
  scope: 'sms:read',
  answer: { object: KeywordAnswer },
  refusals: ['keywordNotFound'],
  handle: async ({ company, params }) => keywordView(await getKeyword(company, params.keywordGuid)),
});

const createOne = smsOperation({
  ...{ name: 'createKeyword', summary: 'Take a keyword', tag, method: 'post', path: '/keyword' },
  description:
    'Keywords are compared without regard to case. Each is one company’s alone on its shortcode; a shortcode that the operator has ' +
    'given to some takes keywords of no other company.',
  scope: 'sms:write',
  body: { json: CreateKeyword },
  answer: { object: KeywordAnswer, status: 201 },
  refusals: [
    ...(['campaignNotFound', 'keywordTaken', 'channelNotOwn', 'keywordReserved', 'recurringSubKeyword'] as const),
    ...(['textTooLong', 'urlMissing', 'amountMissing'] as const),
  ],
  writes: true,
  handle: async ({ company, body, faults }) => {
    const { campaignGuid = null, keywordStartDate: startDate = null, keywordEndDate: endDate = null } = body;
    const { keyword, subKeyword = null, keywordIdleText: idleText = null, active } = body;
    if (startDate !== null && endDate !== null && endDate < startDate) {
      const message = 'lies before keywordStartDate: let it end on that day or later';
      faults.add(smsFault('invalidField', 'keywordEndDate', message));
    }
    refuseStop({ keyword, subKeyword }, faults);
    const channel = body.channel ?? DEFAULT_CHANNEL;
    await checkCampaign(company, { campaignGuid, channel, keyword, subKeyword, idleText }, faults);
    faults.throwAny();
    const folded = { keyword: foldWord(keyword), subKeyword: foldWord(subKeyword ?? '') };
    const kept = { active, campaignGuid, keyword, subKeyword, startDate, endDate, idleText };
    return keywordView(await insertKeyword(company, { ...kept, channel, folded }));
  },
});

const deactivateOne = smsOperation({
  ...{ name: 'deactivateKeyword', summary: 'Let go of a keyword', tag, method: 'post', path: `${ONE}/Deactivate` },
  description: 'Refused while subscriptions that came by it are active. Again: 200.',
  scope: 'sms:write',
  answer: { object: KeywordAnswer },
  refusals: ['keywordNotFound', 'keywordInUse'],
  writes: true,
  handle: async ({ company, params }) => keywordView(await deactivateKeyword(company, params.keywordGuid)),
});

/** Whoever writes STOP must always be able to stop. */
function refuseStop({ keyword, subKeyword }: Pick<KeywordRow, 'keyword' | 'subKeyword'>, faults: Faults) {
  for (const [field, word] of Object.entries({ keyword, subKeyword })) {
    if (word === null || !isStopWord(word)) continue;
    faults.add(smsFault('keywordReserved', field, 'must not be STOP, which ends subscriptions'));
  }
}

async function checkCampaign(
  company: CompanyDatabase,
  {
    campaignGuid,
    subKeyword,
    ...words
  }: Pick<KeywordRow, 'campaignGuid' | 'channel' | 'keyword' | 'subKeyword' | 'idleText'>,
  faults: Faults,
) {
  try {
    const campaign = campaignGuid === null ? null : await getSmsCampaign(company, campaignGuid, { lock: 'for share' });
    keywordFaults(words, campaign && campaign.fields).forEach(faults.add);
    if (campaign?.fields.serviceType !== 'Recurring' || subKeyword === null) return;
    const message = 'must be left out: campaigns of Recurring go by keywords without a sub-keyword only';
    faults.add(smsFault('recurringSubKeyword', 'subKeyword', message));
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    faults.addMissing('campaignGuid', error);
  }
}

function keywordView(row: KeywordRow): KeywordAnswer {
  const { keywordGuid, active, campaignGuid, channel: shortcode, keyword, subKeyword } = row;
  return {
    ...{ keywordGuid, active, campaignGuid, channel: shortcode, keyword, subKeyword },
    keywordStartDate: row.startDate,
    keywordEndDate: row.endDate,
    keywordIdleText: row.idleText,
  };
}
