import { type RequestHandler, Router } from 'express';
import { InvalidInput } from '@muster/core/errors';
import { valid } from '@muster/core/valid';
import { requiresScreening } from '@muster/db/companies';
import { getObject, listObjects, type Wanted } from '@muster/db/companyObjects';
import {
  contactExporters,
  type ContactExporterValues,
  deleteContactExporter,
  insertContactExporter,
  updateContactExporter,
} from '@muster/db/contactExporters';
import { type OpenDatabase } from '@muster/db/openDatabase';
import { allow, callerOf } from '../authenticate.ts';
import { type ApiDeps } from '../deps.ts';
import { pageRequestOf, sendObject, sendPage } from '../envelopes.ts';
import { ObjectQuery, PageQuery } from '../queries.ts';
import { readBody } from '../readBody.ts';
import { CreateContactExporter, UpdateContactExporter } from './dto.ts';
import { contactExporterView } from './views.ts';

type OnOne = RequestHandler<{ contactExporterId: string }>;

const COLLECTION = '/campaign-workers/contact-exporters';
const ONE = `${COLLECTION}/:contactExporterId`;

/** Contact exporters: how a run's borrowers become rows of a CSV. */
export function contactExporterRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.post(COLLECTION, allow('exporters:write'), readBody(), createOne(deps));
  router.get(COLLECTION, allow('exporters:read'), listAll(deps));
  router.get(ONE, allow('exporters:read'), getOne(deps));
  router.put(ONE, allow('exporters:write'), readBody(), updateOne(deps));
  router.patch(ONE, allow('exporters:write'), readBody(), updateOne(deps));
  router.delete(ONE, allow('exporters:write'), deleteOne(deps));
  return router;
}

function createOne({ db }: ApiDeps): RequestHandler {
  return async (req, res) => {
    const body = await valid(CreateContactExporter, req.body);
    const { contactMatchingCriteria, columnSettings, externalId = null, checkCanInteractData = null } = body;
    const values = {
      contactMatchingCriteria,
      columnSettings: namedColumns(columnSettings),
      externalId,
      checkCanInteractData,
    };
    const { companyId } = callerOf(res);
    const row = await db.transaction(async (tx) => {
      await requireScreening(tx, companyId, checkCanInteractData);
      const id = await insertContactExporter(tx, companyId, values);
      return getExporter(tx, { companyId, reference: id });
    });
    sendObject(res, contactExporterView(row));
  };
}

function listAll({ db }: ApiDeps): RequestHandler {
  return async (req, res) => {
    const page = pageRequestOf(await valid(PageQuery, req.query));
    const { companyId } = callerOf(res);
    sendPage(res, await listObjects(db, contactExporters, { companyId, ...page }), contactExporterView);
  };
}

function getOne({ db }: ApiDeps): OnOne {
  return async (req, res) => {
    const { includeDeleted } = await valid(ObjectQuery, req.query);
    const { companyId } = callerOf(res);
    const row = await getExporter(db, { companyId, reference: req.params.contactExporterId, includeDeleted });
    sendObject(res, contactExporterView(row));
  };
}

function updateOne({ db }: ApiDeps): OnOne {
  return async (req, res) => {
    const change = changeIn(await valid(UpdateContactExporter, req.body));
    const { companyId } = callerOf(res);
    const row = await db.transaction(async (tx) => {
      const { id } = await getExporter(tx, {
        companyId,
        reference: req.params.contactExporterId,
        lock: 'for no key update',
      });
      if (change.checkCanInteractData !== undefined) await requireScreening(tx, companyId, change.checkCanInteractData);
      await updateContactExporter(tx, { companyId, id }, change);
      return getExporter(tx, { companyId, reference: id });
    });
    sendObject(res, contactExporterView(row));
  };
}

function deleteOne({ db }: ApiDeps): OnOne {
  return async (req, res) => {
    const { companyId } = callerOf(res);
    const row = await db.transaction(async (tx) => {
      const { id } = await getExporter(tx, {
        companyId,
        reference: req.params.contactExporterId,
        lock: 'for no key update',
      });
      await deleteContactExporter(tx, { companyId, id });
      return getExporter(tx, { companyId, reference: id, includeDeleted: true });
    });
    sendObject(res, contactExporterView(row));
  };
}

function getExporter(tx: OpenDatabase, wanted: Wanted) {
  return getObject(tx, contactExporters, wanted);
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

async function requireScreening(tx: OpenDatabase, companyId: string, screening: object | null) {
  if (screening !== null || !(await requiresScreening(tx, companyId))) return;
  const message = 'must not be null: the company lets nobody be contacted unscreened';
  throw new InvalidInput([{ field: 'checkCanInteractData', code: 'screeningRequired', message }]);
}
