import { type RequestHandler, Router } from 'express';
import { NotFound } from '@muster/core/errors';
import { parseReference } from '@muster/core/reference';
import { type SecretBox } from '@muster/core/secretBox';
import { valid } from '@muster/core/valid';
import { campaigns, deleteCampaign, insertCampaign, openCampaignSecret, updateCampaign } from '@muster/db/campaigns';
import { getObject, listObjects, type Wanted } from '@muster/db/companyObjects';
import { contactExporters } from '@muster/db/contactExporters';
import { type OpenDatabase } from '@muster/db/openDatabase';
import { type CampaignRow } from '@muster/db/schemas';
import { allow, callerOf } from '../authenticate.ts';
import { type ApiDeps } from '../deps.ts';
import { pageRequestOf, sendObject, sendPage } from '../envelopes.ts';
import { ObjectQuery, PageQuery } from '../queries.ts';
import { readBody } from '../readBody.ts';
import { type OpenStored } from './checkKey.ts';
import { type CampaignBody, CreateCampaign, UpdateCampaign } from './dto.ts';
import { settleCampaign } from './settleCampaign.ts';
import { campaignView } from './views.ts';

type OnOne = RequestHandler<{ campaignId: string }>;

/** Campaigns: whom, when, and what then. */
export function campaignRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.post('/campaigns', allow('campaigns:write'), readBody(), createOne(deps));
  router.get('/campaigns', allow('campaigns:read'), listAll(deps));
  router.get('/campaigns/:campaignId', allow('campaigns:read'), getOne(deps));
  router.put('/campaigns/:campaignId', allow('campaigns:write'), readBody(), updateOne(deps));
  router.patch('/campaigns/:campaignId', allow('campaigns:write'), readBody(), updateOne(deps));
  router.delete('/campaigns/:campaignId', allow('campaigns:write'), deleteOne(deps));
  return router;
}

function createOne({ db, box, allowHttp }: ApiDeps): RequestHandler {
  return async (req, res) => {
    const body = await valid(CreateCampaign, req.body);
    const { values, secrets } = settleCampaign(undefined, body, { allowHttp, openStored: () => undefined });
    const { companyId } = callerOf(res);
    const row = await db.transaction(async (tx) => {
      const exporter = await exporterIn(tx, companyId, body);
      const id = await insertCampaign(tx, box, { companyId, values: { ...values, ...exporter }, secrets });
      return getCampaign(tx, { companyId, reference: id });
    });
    sendObject(res, campaignView(row));
  };
}

function listAll({ db }: ApiDeps): RequestHandler {
  return async (req, res) => {
    const page = pageRequestOf(await valid(PageQuery, req.query));
    sendPage(res, await listObjects(db, campaigns, { companyId: callerOf(res).companyId, ...page }), campaignView);
  };
}

function getOne({ db }: ApiDeps): OnOne {
  return async (req, res) => {
    const { includeDeleted } = await valid(ObjectQuery, req.query);
    const wanted = { companyId: callerOf(res).companyId, reference: req.params.campaignId, includeDeleted };
    sendObject(res, campaignView(await getCampaign(db, wanted)));
  };
}

function updateOne({ db, box, allowHttp }: ApiDeps): OnOne {
  return async (req, res) => {
    const body = await valid(UpdateCampaign, req.body);
    const { companyId } = callerOf(res);
    const row = await db.transaction(async (tx) => {
      const stored = await getCampaign(tx, { companyId, reference: req.params.campaignId, lock: 'for no key update' });
      const { values, secrets } = settleCampaign(stored, body, { allowHttp, openStored: openerOf(box, stored) });
      const exporter = await exporterIn(tx, companyId, body);
      await updateCampaign(tx, box, { companyId, id: stored.id, values: { ...values, ...exporter }, secrets });
      return getCampaign(tx, { companyId, reference: stored.id });
    });
    sendObject(res, campaignView(row));
  };
}

function openerOf(box: SecretBox, stored: CampaignRow): OpenStored {
  return (name) => openCampaignSecret(box, stored, name);
}

function deleteOne({ db }: ApiDeps): OnOne {
  return async (req, res) => {
    const { companyId } = callerOf(res);
    const row = await db.transaction(async (tx) => {
      const { id } = await getCampaign(tx, { companyId, reference: req.params.campaignId, lock: 'for no key update' });
      await deleteCampaign(tx, { companyId, id });
      return getCampaign(tx, { companyId, reference: id, includeDeleted: true });
    });
    sendObject(res, campaignView(row));
  };
}

function getCampaign(tx: OpenDatabase, wanted: Wanted) {
  return getObject(tx, campaigns, wanted);
}

/** The exporter that a body names: kept from being deleted meanwhile; another company's is not there. */
async function exporterIn(tx: OpenDatabase, companyId: string, { contactExporterId }: CampaignBody) {
  if (typeof contactExporterId !== 'string') return contactExporterId === null ? { contactExporterId } : {};
  // In bodies an external id stands as it is; `ext-` is for addresses.
  const isId = 'id' in (parseReference(contactExporterId) ?? {});
  const reference = isId ? contactExporterId : `ext-${contactExporterId}`;
  const wanted: Wanted = { companyId, reference, lock: 'for share' };
  const { id } = await getObject(tx, contactExporters, wanted).catch((error: unknown) => {
    if (!(error instanceof NotFound)) throw error;
    const hint = contactExporterId.startsWith('ext-') ? '; in bodies an external id stands without ext- in front' : '';
    const message = `there is no contact exporter "${contactExporterId}"${hint}`;
    throw new NotFound(error.code, message, { details: { field: 'contactExporterId' } });
  });
  return { contactExporterId: id };
}
