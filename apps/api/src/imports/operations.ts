import { type Request } from 'express';
import { codeOf, InvalidInput, NotFound } from '@muster/core/errors';
import { getImport, getRefusedRows, insertImport, listImports } from '@muster/db/imports';
import { importKinds } from '@muster/directory/imports/importInput';
import { type ApiDeps } from '../deps.ts';
import { pageOf } from '../answer.ts';
import { sendFile } from '../files/sendFile.ts';
import { storeBody } from '../files/storeBody.ts';
import { operation, type Operation } from '../operation.ts';
import { PageQuery, pageRequestOf } from '../queries.ts';
import { Refused } from '../refused.ts';
import { requireMediaType, requireUnpacked } from '../requireMediaType.ts';
import { ImportAnswer, importView } from './views.ts';

const tag = 'Bulk loads';
const MAX_BYTES = 4_096 * 1024 * 1024;
const formats: Record<string, string> = { 'text/csv': 'csv', 'application/x-ndjson': 'ndjson' };

/** Bulk loads of the directory: brought as a file, done as a job. */
export function importOperations(deps: ApiDeps): Operation[] {
  return [startOne(deps), getOne, listAll, downloadRefused(deps)];
}

const startOne = ({ files, importMaxBytes = MAX_BYTES, onTaskAccepted }: ApiDeps) =>
  operation({
    ...{ name: 'startImport', summary: 'Load rows in bulk', tag, methods: ['post'], path: '/imports/{importId}' },
    description:
      `The last segment says what is loaded: ${importKinds.join(', ')}. Rows upsert by \`externalId\` (or \`id\`): all of ` +
      'them that can be, in one transaction, or nothing. Answers as soon as the body has arrived whole; a worker does the ' +
      'work, and GET of the answered id tells how far it is.',
    scope: 'imports:write',
    body: { bytes: Object.keys(formats), description: 'The rows, in UTF-8: CSV with a header, or an object a line' },
    answer: { object: ImportAnswer },
    refusals: [404],
    keepsAnswer: true,
    handle: async ({ req, company, params, caller, requestId, once, afterwards }) => {
      const kind = importKinds.find((known) => known === params.importId);
      if (!kind) throw unknownKind();
      const format = formatOf(req);
      const stored = { company, files, maxBytes: importMaxBytes, name: `rows.${format}` };
      const { file, removeUnused } = await storeBody(req, stored);
      let id: string | undefined;
      try {
        if (file.sizeBytes === 0) throw nothingToLoad();
        await once(`${format} ${file.sha256}`, async (tx) => {
          id = await insertImport(tx, { rows: kind, format, file, requestedBy: caller.keyId, requestId });
          return importView(await getImport(tx, id));
        });
      } finally {
        await removeUnused(); // refused, or sent before with the same Idempotency-Key
      }
      const taskId = id;
      if (taskId !== undefined) afterwards(() => onTaskAccepted?.('imports', taskId));
    },
  });

const getOne = operation({
  ...{ name: 'getImport', summary: 'Get a bulk load', tag, methods: ['get'], path: '/imports/{importId}' },
  description: 'The last segment is its id.',
  scope: 'directory:read',
  answer: { object: ImportAnswer },
  refusals: [404],
  handle: async ({ company, params }) => importView(await getImport(company, params.importId)),
});

const listAll = operation({
  ...{ name: 'listImports', summary: 'List the bulk loads', tag, methods: ['get'], path: '/imports' },
  scope: 'directory:read',
  query: PageQuery,
  answer: { page: ImportAnswer },
  refusals: [404],
  handle: async ({ company, query }) => pageOf(await listImports(company, pageRequestOf(query)), importView),
});

const downloadRefused = ({ files, log }: ApiDeps) =>
  operation({
    ...{ name: 'downloadRefusedRows', summary: 'Download the refused rows of a bulk load', tag, methods: ['get'] },
    path: '/imports/{importId}/refused',
    description: 'Line, reason and externalId of each; with `Range` and `ETag`.',
    scope: 'imports:write',
    answer: { bytes: ['text/csv'], description: 'The file' },
    refusals: [404, 410, 416],
    handle: async ({ company, caller, params, requestId, res }) => {
      const file = await getRefusedRows(company, params.importId);
      if (file.isRemoved) {
        throw new Refused(410, { code: 'fileRemoved', message: 'the file is past its retention, and was removed' });
      }
      log.info('file.requested', { requestId, keyId: caller.keyId, importId: params.importId, file: file.name });
      await sendFile(res, files, file).catch((error: unknown) => {
        if (codeOf(error) !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
      });
    },
  });

function formatOf(req: Request): string {
  requireMediaType(req, Object.keys(formats));
  requireUnpacked(req);
  const type = req.get('content-type') ?? '';
  if (/charset\s*=(?!\s*"?utf-8\b)/i.test(type)) {
    throw new Refused(415, { code: 'unsupportedMediaType', message: 'the charset must be UTF-8' });
  }
  return formats[type.split(';')[0]?.trim().toLowerCase() ?? ''] ?? 'csv';
}

function nothingToLoad() {
  return new InvalidInput([{ field: '', code: 'required', message: 'the body is empty: there is nothing to load' }]);
}

function unknownKind() {
  return new NotFound('importKindNotFound', `such rows cannot be loaded; there are ${importKinds.join(', ')}`);
}
