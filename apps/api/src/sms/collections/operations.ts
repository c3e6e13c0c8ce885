import { ignored, text } from '@muster/core/fields';
import { smsTimestamp } from '@muster/messaging/smsTimestamp';
import { type Organisation } from '@muster/db/sms/organisation';
import { type CollectionRow, insertCollection, listCollections } from '@muster/db/sms/smsCollections';
import { BareListQuery, guid, timestamp } from '../fields.ts';
import { smsOperation, type SmsOperation } from '../smsOperation.ts';

class CollectionBody {
  @text({ min: 1, max: 100, description: 'For people; no two of an organisation are alike', example: 'Winter' })
  name!: string;
}

class CreateCollection extends CollectionBody {
  @ignored() communicationCollectionGuid?: unknown;
  @ignored() createdTs?: unknown;
}

class CollectionAnswer extends CollectionBody {
  @guid() communicationCollectionGuid!: string;
  @timestamp({ description: 'When it was made' }) createdTs!: string;
}

/** Collections of texts that campaigns may name. */
export function collectionOperations(): SmsOperation[] {
  return [listAll, createOne];
}

const tag = 'Campaigns';

const listAll = smsOperation({
  ...{ name: 'listCommunicationCollections', summary: 'List the collections of texts', tag },
  ...{ method: 'get', path: '/communicationCollections' },
  description: 'Newest first, 1,000 at most: a page that is full may be followed by another one.',
  scope: 'sms:read',
  query: BareListQuery,
  answer: { list: CollectionAnswer },
  handle: async ({ company, organisation, query }) =>
    (await listCollections(company, query)).map((row) => collectionView(row, organisation)),
});

const createOne = smsOperation({
  ...{ name: 'createCommunicationCollection', summary: 'Make a collection of texts', tag },
  ...{ method: 'post', path: '/communicationCollection' },
  scope: 'sms:write',
  body: { json: CreateCollection },
  answer: { object: CollectionAnswer, status: 201 },
  refusals: ['collectionTaken'],
  writes: true,
  handle: async ({ company, organisation, body }) =>
    collectionView(await insertCollection(company, body.name), organisation),
});

function collectionView({ collectionGuid, createdAt, name }: CollectionRow, { timeZone }: Organisation) {
  return { communicationCollectionGuid: collectionGuid, createdTs: smsTimestamp(createdAt, timeZone), name };
}
