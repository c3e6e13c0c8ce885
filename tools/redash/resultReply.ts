import { pythonJson } from './pythonJson.ts';
import { type StoredResult } from './redashJobs.ts';
import { type Reply } from './reply.ts';
import { resultCsv } from './resultCsv.ts';

/** How a result is given away. */
export interface Giving {
  type: 'json' | 'csv';
  /** The file's name without date and ending; undefined for answers that are no file. */
  fileName?: string;
  /** Results asked for by number never change. */
  isKept?: boolean;
  /** Holders of a query's key see data and time only, where it is given inline. */
  isBare?: boolean;
}

const FOR_EVER = 'private,max-age=31557600';

/** A result as JSON or as Redash's own CSV. */
export function resultReply(result: StoredResult, { type, fileName, isKept, isBare }: Giving): Reply {
  const name = fileName === undefined ? undefined : `${fileName}_${dateOf(new Date())}.${type}`;
  return {
    status: 200,
    headers: {
      'Content-Type': type === 'json' ? 'application/json' : 'text/csv; charset=UTF-8',
      ...(isKept === true && { 'Cache-Control': FOR_EVER }),
      ...(name !== undefined && { 'Content-Disposition': `attachment; filename=${disposition(name)}` }),
    },
    body: type === 'json' ? jsonPieces(result, isBare ?? false) : [Buffer.from(resultCsv(result))],
  };
}

function jsonPieces(result: StoredResult, isBare: boolean): Buffer[] {
  const { id, hash, statement, columns, rowPieces, runtimeSeconds, retrievedAt } = result;
  const head = isBare ? '' : `"id": ${id}, "query_hash": "${hash}", "query": ${JSON.stringify(statement)}, `;
  const foot = isBare ? '' : `"data_source_id": 1, "runtime": ${runtimeSeconds}, `;
  return [
    Buffer.from(`{"query_result": {${head}"data": {"columns": ${pythonJson(columns)}, "rows": [`),
    ...rowPieces,
    Buffer.from(`]}, ${foot}"retrieved_at": "${retrievedAt.toISOString()}"}}`),
  ];
}

function dateOf(day: Date): string {
  return day.toISOString().slice(0, 10).replaceAll('-', '_');
}

/** A plain name, or an ASCII likeness with the true one behind it. */
function disposition(name: string): string {
  if (/^[\w.-]+$/.test(name)) return name;
  const plain = name
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/g, '')
    .replaceAll(' ', '_');
  return `"${plain}"; filename*=UTF-8''${encodeURIComponent(name.replaceAll(' ', '_'))}`;
}
