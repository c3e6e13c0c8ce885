import { flag, instant, integer, nested, oneOf, text } from '@muster/core/fields';
import { type ImportRow } from '@muster/db/imports';
import { importFormats, importKinds } from '@muster/directory/imports/importInput';
import { taskStatuses } from '@muster/pipeline/tasks';

class ImportCountsAnswer {
  @integer({ min: 0, description: 'Rows of the file' }) read!: number;
  @integer({ min: 0, description: 'Rows that made a new object' }) inserted!: number;
  @integer({ min: 0, description: 'Rows that met an object that was there' }) updated!: number;
  @integer({ min: 0, description: 'Those of the updated that said nothing new' }) unchanged!: number;
  @integer({ min: 0, description: 'read = inserted + updated + refused' }) refused!: number;
}

class ImportProgressAnswer {
  @text({ description: 'reading, checking, applying' }) phase!: string;
  @integer({ min: 0, description: 'Rows of the file, so far' }) readRows!: number;
  @integer({ min: 0, description: 'Bytes of the file, so far' }) bytes!: number;
}

class ImportErrorAnswer {
  @text({ description: '`invalidInput`: the file; others: see the message' }) code!: string;
  @text({ max: 10_000, lines: true, description: 'What is to be mended; nothing was applied' }) message!: string;
}

/** A bulk load as it is answered. */
export class ImportAnswer {
  @text({ description: 'Of the form IM-AAAA-AAAA' }) id!: string;
  @oneOf(['import'], { description: 'The kind of object' }) object!: string;
  @text({ description: 'The company that it belongs to' }) companyId!: string;
  @oneOf(importKinds, { description: 'What the rows are' }) kind!: string;
  @oneOf(importFormats, { description: 'Of the body' }) format!: string;
  @oneOf(taskStatuses, { description: 'How far it is' }) status!: string;
  @integer({ min: 0, description: 'Of the body, in bytes' }) sizeBytes!: number;
  @text({ description: 'Of the body' }) sha256!: string;
  @nested(() => ImportProgressAnswer, { nullable: true, description: 'While it is at work' })
  progress!: ImportProgressAnswer | null;
  @nested(() => ImportCountsAnswer, { nullable: true, description: 'Once it has succeeded' })
  counts!: ImportCountsAnswer | null;
  @flag({ description: 'Whether there is a file of refused rows' }) hasRefused!: boolean;
  @nested(() => ImportErrorAnswer, { nullable: true, description: 'Why it failed, or is to be tried again' })
  error!: ImportErrorAnswer | null;
  @text({ nullable: true, description: 'Of the request that brought it' }) requestId!: string | null;
  @instant({ description: 'When the body had arrived' }) createdAt!: Date;
  @instant({ description: 'When anything of it last changed' }) updatedAt!: Date;
  @instant({ nullable: true, description: 'When the work began' }) startedAt!: Date | null;
  @instant({ nullable: true, description: 'When it ended, well or not' }) finishedAt!: Date | null;
}

/** A bulk load as it is answered. */
export function importView(row: ImportRow): ImportAnswer {
  return {
    id: row.id,
    object: 'import',
    companyId: row.companyId,
    kind: row.rows,
    format: row.format,
    status: row.status,
    sizeBytes: row.sizeBytes,
    sha256: row.sha256,
    progress: row.status === 'running' ? progressView(row.progress) : null,
    counts: countsView(row.counts),
    hasRefused: row.refusedFileId !== null,
    error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? '' },
    requestId: row.requestId,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  };
}

function progressView(progress: ImportRow['progress']): ImportProgressAnswer | null {
  if (!progress) return null;
  const { phase, readRows, bytes } = progress;
  return { phase: String(phase), readRows: Number(readRows ?? 0), bytes: Number(bytes ?? 0) };
}

/** In the order in which people read them: the database keeps none. */
function countsView(counts: ImportRow['counts']): ImportCountsAnswer | null {
  if (!counts) return null;
  const { read, inserted, updated, unchanged, refused } = counts;
  return { read, inserted, updated, unchanged, refused };
}
