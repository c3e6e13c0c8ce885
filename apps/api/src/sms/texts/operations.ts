import { storeText } from '@muster/db/sms/smsTexts';
import { type ApiDeps } from '../../deps.ts';
import { smsOperation, type SmsOperation } from '../smsOperation.ts';
import { SendSms, SentText } from './dto.ts';
import { settleText } from './settleText.ts';

type TextOperationDeps = Pick<ApiDeps, 'onMessagesStored' | 'allow' | 'allowHttp'>;

/** Texts that organisations send by themselves. */
export function textOperations({ onMessagesStored, allow, allowHttp }: TextOperationDeps): SmsOperation[] {
  return [
    smsOperation({
      ...{ name: 'sendSms', summary: 'Send a text', tag: 'Texts', method: 'post', path: '/SendSms' },
      description:
        '200 says that it is stored; it is sent right afterwards, and for a day while the gateway is away. With an `externalId` ' +
        'that has come before, the `textGuid` is that of the first, and nothing is sent; with other content it is refused. `callbackUrl` is told once it is sent, or never ' +
        'will be, by a `POST` of `[{textGuid, externalId, serviceId, channel, msisdn, state, errorCode, createdTs, settledTs}]`, of which ' +
        '`state` is `Sent` or `Refused`, with the header `webhook-type: SendSms.sent`; signed by the secret of the organisation’s ' +
        '`smsWebhook`, if it has one, and tried again as that is.',
      scope: 'sms:write',
      body: { json: SendSms },
      answer: { object: SentText },
      refusals: ['invalidMsisdn', 'textTooLong', 'externalIdTaken'],
      writes: true,
      handle: async ({ company, body, faults, afterwards }) => {
        const text = settleText(body, { faults, allow, allowHttp });
        faults.throwAny();
        const { textGuid, isNew } = await storeText(company, text);
        if (isNew) afterwards(() => onMessagesStored?.([textGuid]));
        return { textGuid, externalId: text.externalId };
      },
    }),
  ];
}
