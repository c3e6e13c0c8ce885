import { requiresScreening } from '@muster/db/companies';
import { getObject, listObjects, type Wanted } from '@muster/db/companyObjects';
import {
  contactExporters,
  type ContactExporterValues,
  deleteContactExporter,
  insertContactExporter,
  updateContactExporter,
} from '@muster/db/contactExporters';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { pageOf } from '../answer.ts';
import { type Faults } from '../collectFaults.ts';
import { operation, type Operation } from '../operation.ts';
import { ObjectQuery, pageRequestOf, sortedPageQuery } from '../queries.ts';
import { CreateContactExporter, UpdateContactExporter } from './dto.ts';
import { ContactExporterAnswer, contactExporterView } from './views.ts';

const tag = 'Contact exporters';
const COLLECTION = '/campaign-workers/contact-exporters';
const ONE = '/campaign-workers/contact-exporters/{contactExporterId}';

/** Contact exporters: how a run's borrowers become rows of a CSV. */
export function contactExporterOperations(): Operation[] {
  return [createOne, listAll, getOne, updateOne, deleteOne];
}

const createOne = operation({
  ...{ name: 'createContactExporter', summary: 'Create a contact exporter', tag, methods: ['post'], path: COLLECTION },
  scope: 'exporters:write',
  body: { json: CreateContactExporter },
  answer: { object: ContactExporterAnswer },
  refusals: [409],
  writes: true,
  keepsAnswer: true,
  checksMore: true,
  handle: async ({ company, body, faults }) => {
    const { contactMatchingCriteria, columnSettings, externalId = null, checkCanInteractData = null } = body;
    await checkScreening(company, checkCanInteractData, faults);
    faults.throwAny();
    const columns = namedColumns(columnSettings);
    const values = { contactMatchingCriteria, columnSettings: columns, externalId, checkCanInteractData };
    const id = await insertContactExporter(company, values);
    return contactExporterView(await getExporter(company, { reference: id }));
  },
});

const listAll = operation({
  ...{ name: 'listContactExporters', summary: 'List the contact exporters', tag, methods: ['get'], path: COLLECTION },
  scope: 'exporters:read',
  query: sortedPageQuery(Object.keys(contactExporters.sortable ?? {})),
  answer: { page: ContactExporterAnswer },
  refusals: [404],
  handle: async ({ company, query }) =>
    pageOf(await listObjects(company, contactExporters, pageRequestOf(query)), contactExporterView),
});

const getOne = operation({
  ...{ name: 'getContactExporter', summary: 'Get a contact exporter', tag, methods: ['get'], path: ONE },
  scope: 'exporters:read',
  query: ObjectQuery,
  answer: { object: ContactExporterAnswer },
  refusals: [404],
  handle: async ({ company, params, query: { includeDeleted } }) =>
    contactExporterView(await getExporter(company, { reference: params.contactExporterId, includeDeleted })),
});

const updateOne = operation({
  ...{ name: 'updateContactExporter', summary: 'Update a contact exporter', tag, methods: ['put', 'patch'], path: ONE },
  description: 'Absent fields stay as they are; null clears.',
  scope: 'exporters:write',
  body: { json: UpdateContactExporter },
  answer: { object: ContactExporterAnswer },
  refusals: [404, 409],
  writes: true,
  takesIfMatch: true,
  checksMore: true,
  handle: async ({ company, params, body, faults, requireMatch }) => {
    const change = changeIn(body);
    const stored = await lockExporter(company, params.contactExporterId);
    requireMatch(contactExporterView(stored));
    await checkScreening(company, change.checkCanInteractData, faults);
    faults.throwAny();
    await updateContactExporter(company, stored.id, change);
    return contactExporterView(await getExporter(company, { reference: stored.id }));
  },
});

const deleteOne = operation({
  ...{ name: 'deleteContactExporter', summary: 'Delete a contact exporter', tag, methods: ['delete'], path: ONE },
  description: 'Softly; 409 while a campaign uses it, naming the campaigns.',
  scope: 'exporters:write',
  answer: { object: ContactExporterAnswer },
  refusals: [404, 409],
  writes: true,
  takesIfMatch: true,
  handle: async ({ company, params, requireMatch }) => {
    const stored = await lockExporter(company, params.contactExporterId);
    requireMatch(contactExporterView(stored));
    await deleteContactExporter(company, stored.id);
    return contactExporterView(await getExporter(company, { reference: stored.id, includeDeleted: true }));
  },
});

function lockExporter(company: CompanyDatabase, reference: string) {
  return getExporter(company, { reference, lock: 'for no key update' });
}

function getExporter(company: CompanyDatabase, wanted: Wanted) {
  return getObject(company, contactExporters, wanted);
}

/** What the body gives to store, without what is absent or only ever read. */
function changeIn(body: Partial<CreateContactExporter>): Partial<ContactExporterValues> {
  const { externalId, contactMatchingCriteria, columnSettings, checkCanInteractData } = body;
  return {
    ...(externalId !== undefined && { externalId }),
    ...(contactMatchingCriteria && { contactMatchingCriteria }),
    ...(columnSettings && { columnSettings: namedColumns(columnSettings) }),
    ...(checkCanInteractData !== undefined && { checkCanInteractData }),
  };
}

function namedColumns(columns: CreateContactExporter['columnSettings']) {
  return columns.map(({ field, outputName }) => ({ field, outputName: outputName ?? field }));
}

async function checkScreening(company: CompanyDatabase, screening: object | null | undefined, faults: Faults) {
  if (screening !== null || !(await requiresScreening(company))) return;
  const message = 'must not be null: the company lets nobody be contacted unscreened';
  faults.add({ field: 'checkCanInteractData', code: 'screeningRequired', message });
}
