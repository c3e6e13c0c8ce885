import { amount, list, oneOf, text } from '@muster/core/fields';
import { type Organisation } from '@muster/db/sms/organisation';
import { type ChargeRow, chargeStates, getCharge, listCharges, settleUnknownCharge } from '@muster/db/sms/smsCharges';
import { smsTimestamp } from '@muster/messaging/smsTimestamp';
import { calendarDay, channel, guid, NumberedPageAnswer, NumberedPageQuery, timestamp } from '../fields.ts';
import { smsOperation, type SmsOperation } from '../smsOperation.ts';

const tag = 'Charges';
const ONE = '/charge/{chargeGuid}';

/** As states stand in this API. */
const shown = { wanted: 'Wanted', charged: 'Charged', refused: 'Refused', unknown: 'Unknown' } as const;
type ShownState = (typeof shown)[keyof typeof shown];
const shownStates = chargeStates.map((state) => shown[state]);
const findings = ['Charged', 'Refused'] as const;

class ChargesQuery extends NumberedPageQuery {
  @oneOf(shownStates, { optional: true, description: 'Only such' }) state?: ShownState;
}

class SettleCharge {
  @oneOf(findings, { description: 'What the provider of payments says of it' }) outcome!: (typeof findings)[number];
}

class ChargeAnswer {
  @guid() chargeGuid!: string;
  @timestamp({ description: 'When it was decided' }) createdTs!: string;
  @oneOf(shownStates, {
    description:
      '`Unknown`: the gateway may have been asked, and nobody knows what came of it: somebody has to find out',
  })
  state!: ShownState;
  @guid({ description: 'What it is for' }) campaignGuid!: string;
  @guid({ nullable: true, description: 'The text that has asked for it; null: a due date has' }) messageGuid!:
    string | null;
  @guid({ nullable: true, description: 'The subscription that it is of' }) subscriptionGuid!: string | null;
  @calendarDay({ nullable: true, description: 'The due date that it is of' }) dueDate!: string | null;
  @channel({ description: 'The shortcode' }) channel!: string;
  @text({ description: 'Who is charged' }) msisdn!: string;
  @amount({ min: 0, max: 1_000_000_000, description: 'What is charged', example: 20 }) amountTotal!: number;
  @text({ description: 'Of the sum', example: 'DKK' }) currencyCode!: string;
  @text({ nullable: true, description: 'The gateway’s own id of it: by it the provider knows it' }) gatewayId!:
    string | null;
  @text({ nullable: true, description: 'Why it was refused: the gateway’s own code, or ours' }) refusalCode!:
    string | null;
  @timestamp({ nullable: true, description: 'When it was known what became of it' }) settledTs!: string | null;
  @text({ nullable: true, description: 'The key of who has settled it by hand' }) settledBy!: string | null;
}

class ChargesAnswer extends NumberedPageAnswer {
  @list(() => ChargeAnswer) list!: ChargeAnswer[];
}

/** What numbers are charged. */
export function chargeOperations(): SmsOperation[] {
  return [listAll, getOne, settleOne];
}

const listAll = smsOperation({
  ...{ name: 'listCharges', summary: 'List the charges', tag, method: 'get', path: '/charges' },
  description: 'Newest first.',
  scope: 'sms:read',
  query: ChargesQuery,
  answer: { object: ChargesAnswer },
  handle: async ({ company, organisation, query: { state, pageNumber, pageSize } }) => {
    const wanted = chargeStates.find((stored) => shown[stored] === state);
    const rows = await listCharges(company, { pageNumber, pageSize }, wanted);
    return { pageNumber, pageSize, list: rows.map((row) => chargeView(row, organisation)) };
  },
});

const getOne = smsOperation({
  ...{ name: 'getCharge', summary: 'Get a charge', tag, method: 'get', path: ONE },
  scope: 'sms:read',
  answer: { object: ChargeAnswer },
  refusals: ['chargeNotFound'],
  handle: async ({ company, organisation, params }) =>
    chargeView(await getCharge(company, params.chargeGuid), organisation),
});

const settleOne = smsOperation({
  ...{ name: 'settleCharge', summary: 'Say what became of a charge', tag, method: 'post', path: `${ONE}/Settle` },
  description:
    'Of one that is `Unknown`, once the provider of payments has been asked. A subscription that waits for it begins, or becomes ' +
    'Inactive; no text is sent. Nothing is charged by it. Again, with the same outcome: 200.',
  scope: 'sms:write',
  body: { json: SettleCharge },
  answer: { object: ChargeAnswer },
  refusals: ['chargeNotFound', 'chargeNotUnknown'],
  writes: true,
  handle: async ({ company, caller, organisation, params, body }) => {
    const outcome = body.outcome === 'Charged' ? 'charged' : 'refused';
    return chargeView(
      await settleUnknownCharge(company, params.chargeGuid, { outcome, by: caller.keyId }),
      organisation,
    );
  },
});

function chargeView({ createdAt, settledAt, state, ...row }: ChargeRow, { timeZone }: Organisation): ChargeAnswer {
  return {
    ...row,
    state: shown[state],
    createdTs: smsTimestamp(createdAt, timeZone),
    settledTs: settledAt && smsTimestamp(settledAt, timeZone),
  };
}
