import { codeOf, NotFound } from '@muster/core/errors';
import { pattern, text } from '@muster/core/fields';
import { type FileRow, getFile, insertFile } from '@muster/db/files';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { listRunFiles, type RunFileRow } from '@muster/db/runViews';
import { publicFiles } from '@muster/pipeline/run';
import { requirePermission } from '../authenticate.ts';
import { type ApiDeps } from '../deps.ts';
import { operation, type Operation } from '../operation.ts';
import { Refused } from '../refused.ts';
import { requireMediaType, requireUnpacked } from '../requireMediaType.ts';
import { digestIn, requireDigest } from './digestIn.ts';
import { sendFile } from './sendFile.ts';
import { sendZip } from './sendZip.ts';
import { storeBody } from './storeBody.ts';
import { FileAnswer, fileView } from './views.ts';

const tag = 'Files';

class FilesQuery {
  @text({ optional: true, min: 1, max: 100, description: 'Its name; absent: all of them, as a zip' }) file?: string;
}

class PutQuery {
  @pattern(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, {
    message: 'must be 1 to 100 letters, digits, ".", "_" and "-", and begin with a letter or a digit',
    description: 'Its name, such as contacts_output.csv',
  })
  name!: string;
}

const LOG = 'log.txt'; // the one file without personal data, where we have written it ourselves
const BYTES = ['text/csv', 'text/plain', 'application/octet-stream'];
const MAX_BYTES = 1024 * 1024 * 1024;

/** Files: those of a run, one by one or all as a zip; and those that outside workers put. */
export function fileOperations(deps: ApiDeps): Operation[] {
  return [downloadOfRun(deps), putOne(deps), getOne, download(deps)];
}

const downloadOfRun = ({ files, log }: ApiDeps) =>
  operation({
    ...{ name: 'downloadRunFiles', summary: 'Download the files of a run', tag: 'Runs', methods: ['get'] },
    path: '/campaigns/{campaignId}/runs/{runId}/files',
    description:
      'One of them, with `Range` and `ETag`, or a zip of all. Only `log.txt` is without personal data, and needs no ' +
      '`files:read`; that of an outside worker does, since nobody knows what is in it.',
    scope: 'runs:read',
    query: FilesQuery,
    answer: { bytes: ['text/csv', 'text/plain', 'application/zip'], description: 'The file, or the zip' },
    refusals: [404, 410, 416],
    handle: async ({ company, caller, params, query: { file: name }, requestId, res }) => {
      if (name !== LOG) requirePermission(res, 'files:read');
      const { campaignId: campaign, runId } = params;
      const { worker, files: found } = await listRunFiles(company, { campaign, runId });
      if (worker === 'external') requirePermission(res, 'files:read');
      const file = name === undefined ? undefined : pick(found, name);
      const entries = file ? [file] : keptOf(found);
      log.info('file.requested', { requestId, keyId: caller.keyId, runId, file: file?.name ?? 'zip' });
      const sending = file ? sendFile(res, files, file) : sendZip(res, files, { name: `run_${runId}.zip`, entries });
      await sending.catch(ignoreGoneCaller);
    },
  });

const putOne = ({ files, maxFileBytes = MAX_BYTES }: ApiDeps) =>
  operation({
    ...{ name: 'putFile', summary: 'Put a file', tag, methods: ['post'], path: '/files' },
    description:
      'For outside workers: the file belongs to no run until an update of one names its id. With a `Content-Digest` of ' +
      'SHA-256 it is kept only if it arrived as it was sent.',
    scope: 'files:write',
    query: PutQuery,
    body: { bytes: BYTES, description: 'The bytes of the file' },
    answer: { object: FileAnswer },
    keepsAnswer: true,
    handle: async ({ company, query: { name }, once, req }) => {
      requireMediaType(req, BYTES);
      requireUnpacked(req);
      const digest = digestIn(req);
      const { file, folder, removeUnused } = await storeBody(req, {
        ...{ company, files, name: 'content' },
        maxBytes: maxFileBytes,
      });
      try {
        requireDigest(digest, file.sha256);
        return await once(file.sha256, async (tx) => fileView(await insertFile(tx, { name, folder, file })));
      } finally {
        await removeUnused(); // refused, or sent before with the same Idempotency-Key
      }
    },
  });

const getOne = operation({
  ...{ name: 'getFile', summary: 'Get what is known of a file', tag, methods: ['get'], path: '/files/{fileId}' },
  scope: 'files:read',
  answer: { object: FileAnswer },
  refusals: [404, 410],
  handle: async ({ company, params }) => fileView(await getKeptFile(company, params.fileId)),
});

const download = ({ files, log }: ApiDeps) =>
  operation({
    ...{ name: 'downloadFile', summary: 'Download a file', tag, methods: ['get'], path: '/files/{fileId}/content' },
    description: 'With `Range` and `ETag`.',
    scope: 'files:read',
    answer: { bytes: BYTES, description: 'The bytes of the file' },
    refusals: [404, 410, 416],
    handle: async ({ company, caller, params, requestId, res }) => {
      const file = await getKeptFile(company, params.fileId);
      log.info('file.requested', { requestId, keyId: caller.keyId, runId: file.runId, fileId: file.id });
      await sendFile(res, files, file).catch(ignoreGoneCaller);
    },
  });

async function getKeptFile(company: CompanyDatabase, fileId: string): Promise<FileRow> {
  const file = await getFile(company, fileId);
  if (file.isRemoved) throw gone();
  return file;
}

function keptOf(files: RunFileRow[]): RunFileRow[] {
  const kept = files.filter(({ isRemoved }) => !isRemoved);
  if (kept.length > 0) return kept;
  if (files.length > 0) throw gone();
  throw new NotFound('fileNotFound', 'the run has no files yet');
}

function pick(files: RunFileRow[], name: string): RunFileRow {
  const file = files.find((candidate) => candidate.name === name);
  if (!publicFiles.includes(name)) {
    throw new NotFound('fileNotFound', `runs have no file of this name; there are ${publicFiles.join(', ')}`);
  }
  if (!file) {
    const there = files.map((candidate) => candidate.name).join(', ');
    throw new NotFound('fileNotFound', `the run has no such file yet; there is ${there === '' ? 'none' : there}`);
  }
  if (file.isRemoved) throw gone();
  return file;
}

function gone() {
  return new Refused(410, { code: 'fileRemoved', message: 'the file is past its retention, and was removed' });
}

function ignoreGoneCaller(error: unknown) {
  if (codeOf(error) !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
}
