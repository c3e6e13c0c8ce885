import { text } from '@muster/core/fields';
import { smsTimestamp } from '@muster/messaging/smsTimestamp';
import { listCollections } from '@muster/db/sms/smsCollections';
import { guid, timestamp } from '../fields.ts';
import { smsOperation, type SmsOperation } from '../smsOperation.ts';

class CollectionAnswer {
  @guid() communicationCollectionGuid!: string;
  @timestamp({ description: 'When it was made' }) createdTs!: string;
  @text({ max: 100, description: 'For people' }) name!: string;
}

/** Collections of texts that campaigns may name. */
export function collectionOperations(): SmsOperation[] {
  return [listAll];
}

const listAll = smsOperation({
  ...{ name: 'listCommunicationCollections', summary: 'List the collections of texts', tag: 'Campaigns' },
  ...{ method: 'get', path: '/communicationCollections' },
  scope: 'sms:read',
  answer: { list: CollectionAnswer },
  handle: async ({ company, organisation: { timeZone } }) =>
    (await listCollections(company)).map(({ collectionGuid, createdAt, name }) => ({
      ...{ communicationCollectionGuid: collectionGuid, createdTs: smsTimestamp(createdAt, timeZone), name },
    })),
});
