import { smsCodeOf } from '@muster/messaging/smsCodeOf';
import { smsTimestamp } from '@muster/messaging/smsTimestamp';
import { type Organisation } from './organisation.ts';
import { type MessageRow } from './smsMessages.ts';

/** A text that came in, in the words of the contract: as it is answered, and as webhooks are told of it. */
export interface MessageView extends Omit<MessageRow, 'createdAt' | 'processedAt'> {
  createdTs: string;
  processedTs: string | null;
  merchantId: number;
}

/** Shows a text that came in to its organisation. */
export function messageView(row: MessageRow, { timeZone, merchantId }: Organisation): MessageView {
  const { createdAt, processedAt, ...message } = row;
  return {
    ...message,
    errorCode: smsCodeOf(message.errorCode),
    createdTs: smsTimestamp(createdAt, timeZone),
    processedTs: processedAt && smsTimestamp(processedAt, timeZone),
    merchantId,
  };
}
