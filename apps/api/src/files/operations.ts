import { codeOf, NotFound } from '@muster/core/errors';
import { text } from '@muster/core/fields';
import { listRunFiles, type RunFileRow } from '@muster/db/runViews';
import { internalFiles, runFiles } from '@muster/pipeline/run';
import { requirePermission } from '../authenticate.ts';
import { type ApiDeps } from '../deps.ts';
import { operation, type Operation } from '../operation.ts';
import { Refused } from '../refused.ts';
import { sendFile } from './sendFile.ts';
import { sendZip } from './sendZip.ts';

class FilesQuery {
  @text({ optional: true, min: 1, max: 100, description: 'Its name; absent: all of them, as a zip' }) file?: string;
}

const publicFiles: readonly string[] = runFiles.filter((name) => !internalFiles.includes(name));
const LOG = 'log.txt'; // the one file without personal data

/** The files of a run: one by one, or all as a zip. */
export function fileOperations({ files, log }: ApiDeps): Operation[] {
  const download = operation({
    ...{ name: 'downloadRunFiles', summary: 'Download the files of a run', tag: 'Runs', methods: ['get'] },
    path: '/campaigns/{campaignId}/runs/{runId}/files',
    description: 'One of them, with `Range` and `ETag`, or a zip of all. Only `log.txt` is without personal data.',
    scope: 'runs:read',
    query: FilesQuery,
    answer: { bytes: ['text/csv', 'text/plain', 'application/zip'], description: 'The file, or the zip' },
    refusals: [404, 410, 416],
    handle: async ({ company, caller, params, query: { file: name }, requestId, res }) => {
      if (name !== LOG) requirePermission(res, 'files:read');
      const { campaignId: campaign, runId } = params;
      const found = await listRunFiles(company, { campaign, runId });
      log.info('file.requested', { requestId, keyId: caller.keyId, runId, file: name ?? 'zip' });
      const sending =
        name === undefined
          ? sendZip(res, files, { name: `run_${runId}.zip`, entries: keptOf(found) })
          : sendFile(res, files, pick(found, name));
      await sending.catch(ignoreGoneCaller);
    },
  });
  return [download];
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
