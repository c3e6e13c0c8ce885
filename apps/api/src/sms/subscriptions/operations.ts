import { integer, list, oneOf, text } from '@muster/core/fields';
import { type Organisation } from '@muster/db/sms/organisation';
import {
  cancelSubscriptionByApi,
  getSubscription,
  listSubscriptions,
  type SubscriptionRow,
  type SubscriptionState,
  subscriptionStates,
} from '@muster/db/sms/smsSubscriptions';
import { smsCodeOf } from '@muster/messaging/smsCodeOf';
import { smsTimestamp } from '@muster/messaging/smsTimestamp';
import { calendarDay, errorCode, guid, NumberedPageAnswer, NumberedPageQuery, timestamp } from '../fields.ts';
import { smsOperation, type SmsOperation } from '../smsOperation.ts';

const tag = 'Subscriptions';
const ONE = '/subscription/{subscriptionGuid}';

class SubscriptionsQuery extends NumberedPageQuery {
  @oneOf(subscriptionStates, { optional: true, description: 'Only such' }) state?: SubscriptionState;
}

class SubscriptionAnswer {
  @guid() subscriptionGuid!: string;
  @guid({ description: 'Stands for the number' }) contactGuid!: string;
  @guid({ description: 'What it is under' }) agreementGuid!: string;
  @oneOf(subscriptionStates) state!: SubscriptionState;
  @text({ description: 'How it is paid', example: 'Sms' }) paymentMethodType!: string;
  @calendarDay({ description: 'When it began' }) startDate!: string;
  @calendarDay({ nullable: true, description: 'Its last day; null: it goes on' }) expiresAfterDate!: string | null;
  @timestamp({ nullable: true, description: 'When it was cancelled' }) cancelledTs!: string | null;
  @text({ nullable: true, description: '`STOP`: by a text; `API`: here', example: 'API' }) cancelCode!: string | null;
  @text({ nullable: true, max: 1_000, description: 'The same, for people' }) cancelDescription!: string | null;
  @integer({ min: 1 }) quantity!: number;
  @errorCode({ description: 'Why it is Inactive, or its last date was not charged' }) errorCode!: string | null;
  @text({ nullable: true, max: 1_000, description: 'The same, for people' }) errorDescription!: string | null;
  @calendarDay({ nullable: true, description: 'When it is charged next' }) nextDueDate!: string | null;
  @text({ nullable: true, description: 'The organisation’s own id of it' }) externalId!: string | null;
}

class SubscriptionsAnswer extends NumberedPageAnswer {
  @list(() => SubscriptionAnswer) list!: SubscriptionAnswer[];
}

/** What numbers have signed up to. */
export function subscriptionOperations(): SmsOperation[] {
  return [listAll, getOne, cancelOne];
}

const listAll = smsOperation({
  ...{ name: 'listSubscriptions', summary: 'List the subscriptions', tag, method: 'get', path: '/subscriptions' },
  description: 'Newest first.',
  scope: 'sms:read',
  query: SubscriptionsQuery,
  answer: { object: SubscriptionsAnswer },
  handle: async ({ company, organisation, query: { state, pageNumber, pageSize } }) => {
    const rows = await listSubscriptions(company, { pageNumber, pageSize }, state);
    return { pageNumber, pageSize, list: rows.map((row) => subscriptionView(row, organisation)) };
  },
});

const getOne = smsOperation({
  ...{ name: 'getSubscription', summary: 'Get a subscription', tag, method: 'get', path: ONE },
  scope: 'sms:read',
  answer: { object: SubscriptionAnswer },
  refusals: ['subscriptionNotFound'],
  handle: async ({ company, organisation, params }) =>
    subscriptionView(await getSubscription(company, params.subscriptionGuid), organisation),
});

const cancelOne = smsOperation({
  ...{ name: 'cancelSubscription', summary: 'Cancel a subscription', tag, method: 'post', path: `${ONE}/Cancel` },
  description:
    'Nothing is charged any more, and no text is sent; a charge that is under way is not called back. Again: 200, and what was ' +
    'over stays as it was.',
  scope: 'sms:write',
  answer: { object: SubscriptionAnswer },
  refusals: ['subscriptionNotFound'],
  writes: true,
  handle: async ({ company, organisation, params }) =>
    subscriptionView(await cancelSubscriptionByApi(company, params.subscriptionGuid), organisation),
});

function subscriptionView({ cancelledAt, ...row }: SubscriptionRow, { timeZone }: Organisation): SubscriptionAnswer {
  return {
    ...row,
    errorCode: smsCodeOf(row.errorCode),
    cancelledTs: cancelledAt && smsTimestamp(cancelledAt, timeZone),
  };
}
