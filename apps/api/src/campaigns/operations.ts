import { NotFound } from '@muster/core/errors';
import { parseReference } from '@muster/core/reference';
import { type SecretBox } from '@muster/core/secretBox';
import { campaigns, deleteCampaign, insertCampaign, openCampaignSecret, updateCampaign } from '@muster/db/campaigns';
import { getObject, listObjects, type Wanted } from '@muster/db/companyObjects';
import { contactExporters } from '@muster/db/contactExporters';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { type CampaignRow } from '@muster/db/schemas';
import { pageOf } from '../answer.ts';
import { type Faults } from '../collectFaults.ts';
import { type ApiDeps } from '../deps.ts';
import { operation, type Operation } from '../operation.ts';
import { ObjectQuery, pageRequestOf, sortedPageQuery } from '../queries.ts';
import { type OpenStored } from './checkKey.ts';
import { type CampaignBody, CreateCampaign, UpdateCampaign } from './dto.ts';
import { settleCampaign } from './settleCampaign.ts';
import { CampaignAnswer, campaignView } from './views.ts';

const tag = 'Campaigns';
const COLLECTION = '/campaigns';
const ONE = '/campaigns/{campaignId}';

/** Campaigns: whom, when, and what then. */
export function campaignOperations(deps: ApiDeps): Operation[] {
  return [createOne(deps), listAll(), getOne(), updateOne(deps), deleteOne()];
}

const createOne = ({ box, allowHttp, allow }: ApiDeps) =>
  operation({
    ...{ name: 'createCampaign', summary: 'Create a campaign', tag, methods: ['post'], path: COLLECTION },
    scope: 'campaigns:write',
    body: { json: CreateCampaign },
    answer: { object: CampaignAnswer },
    refusals: [404, 409],
    writes: true,
    keepsAnswer: true,
    checksMore: true,
    handle: async ({ company, body, faults }) => {
      const outside = { allow, allowHttp, openStored: () => undefined, faults };
      const { values, secrets } = settleCampaign(undefined, body, outside);
      const exporter = await exporterIn(company, body, faults);
      faults.throwAny();
      const id = await insertCampaign(company, box, { values: { ...values, ...exporter }, secrets });
      return campaignView(await getCampaign(company, { reference: id }));
    },
  });

const listAll = () =>
  operation({
    ...{ name: 'listCampaigns', summary: 'List the campaigns', tag, methods: ['get'], path: COLLECTION },
    scope: 'campaigns:read',
    query: sortedPageQuery(Object.keys(campaigns.sortable ?? {})),
    answer: { page: CampaignAnswer },
    refusals: [404],
    handle: async ({ company, query }) =>
      pageOf(await listObjects(company, campaigns, pageRequestOf(query)), campaignView),
  });

const getOne = () =>
  operation({
    ...{ name: 'getCampaign', summary: 'Get a campaign', tag, methods: ['get'], path: ONE },
    scope: 'campaigns:read',
    query: ObjectQuery,
    answer: { object: CampaignAnswer },
    refusals: [404],
    handle: async ({ company, params, query: { includeDeleted } }) =>
      campaignView(await getCampaign(company, { reference: params.campaignId, includeDeleted })),
  });

const updateOne = ({ box, allowHttp, allow }: ApiDeps) =>
  operation({
    ...{ name: 'updateCampaign', summary: 'Update a campaign', tag, methods: ['put', 'patch'], path: ONE },
    description: 'Absent fields stay as they are; null clears.',
    scope: 'campaigns:write',
    body: { json: UpdateCampaign },
    answer: { object: CampaignAnswer },
    refusals: [404, 409],
    writes: true,
    takesIfMatch: true,
    checksMore: true,
    handle: async ({ company, params, body, faults, requireMatch }) => {
      const stored = await getCampaign(company, { reference: params.campaignId, lock: 'for no key update' });
      requireMatch(campaignView(stored));
      const openStored = openerOf(box, stored);
      const { values, secrets } = settleCampaign(stored, body, { allow, allowHttp, openStored, faults });
      const exporter = await exporterIn(company, body, faults);
      faults.throwAny();
      await updateCampaign(company, box, { id: stored.id, values: { ...values, ...exporter }, secrets });
      return campaignView(await getCampaign(company, { reference: stored.id }));
    },
  });

const deleteOne = () =>
  operation({
    ...{ name: 'deleteCampaign', summary: 'Delete a campaign', tag, methods: ['delete'], path: ONE },
    description: 'Softly: its schedule stops, a run under way finishes.',
    scope: 'campaigns:write',
    answer: { object: CampaignAnswer },
    refusals: [404],
    writes: true,
    takesIfMatch: true,
    handle: async ({ company, params, requireMatch }) => {
      const stored = await getCampaign(company, { reference: params.campaignId, lock: 'for no key update' });
      requireMatch(campaignView(stored));
      await deleteCampaign(company, stored.id);
      return campaignView(await getCampaign(company, { reference: stored.id, includeDeleted: true }));
    },
  });

function openerOf(box: SecretBox, stored: CampaignRow): OpenStored {
  return (name) => openCampaignSecret(box, stored, name);
}

function getCampaign(company: CompanyDatabase, wanted: Wanted) {
  return getObject(company, campaigns, wanted);
}

/** The exporter that a body names: kept from being deleted meanwhile; another company's is not there. */
async function exporterIn(company: CompanyDatabase, { contactExporterId }: CampaignBody, faults: Faults) {
  if (typeof contactExporterId !== 'string') return contactExporterId === null ? { contactExporterId } : {};
  // In bodies an external id stands as it is; `ext-` is for addresses.
  const isId = 'id' in (parseReference(contactExporterId) ?? {});
  const reference = isId ? contactExporterId : `ext-${contactExporterId}`;
  const wanted: Wanted = { reference, lock: 'for share' };
  const exporter = await getObject(company, contactExporters, wanted).catch((error: unknown) => {
    if (!(error instanceof NotFound)) throw error;
    const hint = contactExporterId.startsWith('ext-') ? '; in bodies an external id stands without ext- in front' : '';
    const message = `there is no contact exporter "${contactExporterId}"${hint}`;
    const field = 'contactExporterId';
    faults.addMissing(field, new NotFound(error.code, message, { details: { field } }));
  });
  return exporter ? { contactExporterId: exporter.id } : {};
}
