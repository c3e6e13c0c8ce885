import { type ApiDeps } from '../deps.ts';
import { agreementOperations } from './agreements/operations.ts';
import { campaignOperations } from './campaigns/operations.ts';
import { chargeOperations } from './charges/operations.ts';
import { collectionOperations } from './collections/operations.ts';
import { keywordOperations } from './keywords/operations.ts';
import { messageOperations } from './messages/operations.ts';
import { type SmsOperation } from './smsOperation.ts';
import { subscriptionOperations } from './subscriptions/operations.ts';
import { textOperations } from './texts/operations.ts';

/** All that the SMS API does, in the order of its description. */
export function smsOperations(deps: ApiDeps): SmsOperation[] {
  return [
    ...campaignOperations(),
    ...keywordOperations(),
    ...agreementOperations(),
    ...subscriptionOperations(),
    ...chargeOperations(),
    ...collectionOperations(),
    ...messageOperations(deps),
    ...textOperations(deps),
  ];
}
