import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo } from 'node:net';
import { jsonReply, notFound, type Reply } from '../tools/redash/reply.ts';
import { resultReply } from '../tools/redash/resultReply.ts';
import { sendReply } from '../tools/redash/sendReply.ts';

/** A Redash whose results are ready when they are asked for: what it takes itself is neither our time nor the script's. */
export interface ReadyRedash {
  url: string;
  /** Keeps a result of these ids, under a query of its own; gives the query's number. */
  keep(ids: Iterable<number>): number;
  stop(): Promise<void>;
}

interface Kept {
  json: Buffer[];
  csv: Buffer;
}

const PIECE_ROWS = 10_000;
const QUEUED = 1;
const FINISHED = 3;
const COLUMNS = [{ name: 'id', friendly_name: 'id', type: 'integer' as const }];

/** Starts one. It takes any key. */
export async function startReadyRedash(): Promise<ReadyRedash> {
  const results: Kept[] = [];
  let jobs = 0;
  const server = createServer((request, response) => {
    request.resume();
    sendReply(
      response,
      answer(request, results, () => ++jobs),
    ).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keep: (ids) => results.push(keptOf(ids)),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer({ method, url = '' }: IncomingMessage, results: Kept[], nextJob: () => number): Reply {
  const [, number = '', rest = ''] = /^\/api\/queries\/(\d+)\/(.*)$/.exec(url) ?? [];
  const id = Number(number);
  const kept = results[id - 1];
  if (!kept) return notFound;
  if (method === 'POST') return jobReply({ id: `job-${nextJob()}`, status: QUEUED, result: null });
  if (rest.startsWith('jobs/')) return jobReply({ id: rest.slice('jobs/'.length), status: FINISHED, result: id });
  if (rest === `results/${id}.csv`)
    return { status: 200, headers: { 'Content-Type': 'text/csv; charset=UTF-8' }, body: [kept.csv] };
  return rest === `results/${id}.json` ? resultOf(id, kept) : notFound;
}

function jobReply({ id, status, result }: { id: string; status: number; result: number | null }) {
  return jsonReply(200, { job: { id, updated_at: 0, status, error: '', result, query_result_id: result } });
}

function resultOf(id: number, { json }: Kept): Reply {
  const made = { runtimeSeconds: 1, retrievedAt: new Date() };
  return resultReply(
    { id, hash: 'bench', statement: 'select id', columns: COLUMNS, rowPieces: json, ...made },
    { type: 'json' },
  );
}

function keptOf(ids: Iterable<number>): Kept {
  const all = [...ids];
  const json: Buffer[] = [];
  for (let from = 0; from < all.length; from += PIECE_ROWS) {
    const rows = all.slice(from, from + PIECE_ROWS).map((id) => `{"id": ${id}}`);
    json.push(Buffer.from(`${from === 0 ? '' : ', '}${rows.join(', ')}`));
  }
  return { json, csv: Buffer.from(`id\r\n${all.join('\r\n')}\r\n`) };
}
