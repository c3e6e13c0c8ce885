import { createHash } from 'node:crypto';
import { type Request } from 'express';
import { type Fault, InvalidInput } from '@muster/core/errors';
import { MalformedJson, OPEN_ARRAY, OPEN_OBJECT } from '@muster/core/jsonBytes';
import {
  type ByteSource,
  eachMember,
  peekByte,
  rowCursor,
  type RowCursor,
  takeText,
  ValueTooBig,
} from '@muster/core/rowCursor';
import { valid } from '@muster/core/valid';
import { bodyBytes } from '../bodyBytes.ts';
import { byteSource } from '../byteSource.ts';
import { refuseDepth } from '../refuseDepth.ts';
import { Refused } from '../refused.ts';
import { hasBody, requireJson, requireUnpacked } from '../requireMediaType.ts';
import { collectRows } from './collectRows.ts';
import { StartRun } from './dto.ts';
import { type RowSpool, rowSpool } from './rowSpool.ts';

/** What a body asked for. `rows` must be discarded in the end. */
export interface ReadStart {
  worker: 'external' | undefined;
  /** The rows that were handed in; undefined: none were. */
  rows: RowSpool | undefined;
  /** Stands for the body. */
  fingerprint: string;
}

const MAX_BYTES = 64 * 1024 * 1024;
const MOST_OF_A_VALUE_BYTES = 8 * 1024 * 1024; // more than 200 columns of 10,000 characters each take
const WINDOW_BYTES = 256 * 1024;
const MOST_OTHERS = 20;
const ROWS = 'queryResultsOverride';

/**
 * Reads the body of `POST …/runs` as it comes; the rows go by way of a spool, so that they are never all in memory. Throws
 * InvalidInput with all faults, and Refused 400 `malformedJson` or `bodyCut`, 413, 415: then nothing is left.
 */
export async function readStartRun(req: Request): Promise<ReadStart> {
  const hash = createHash('sha256');
  const spool = rowSpool();
  const bytes = bodyBytes(req, MAX_BYTES);
  try {
    const source = byteSource(bytes, (chunk) => hash.update(chunk));
    const cursor = hasBody(req) ? cursorOn(req, source) : undefined;
    const { others, hasRows, faults } = await readMembers(cursor, spool);
    const { worker } = await validWith(faults, { ...(hasRows && { [ROWS]: [] }), ...Object.fromEntries(others) });
    if (hasRows && worker) throw notTogether();
    return { worker, rows: hasRows ? spool : undefined, fingerprint: hash.digest('base64url') };
  } catch (error) {
    await spool.discard();
    throw explained(error);
  } finally {
    await bytes.return(undefined);
  }
}

interface Members {
  others: Map<string, unknown>;
  hasRows: boolean;
  faults: Fault[];
}

async function readMembers(cursor: RowCursor | undefined, spool: RowSpool): Promise<Members> {
  const members: Members = { others: new Map(), hasRows: false, faults: [] };
  if (!cursor) return members;
  await requireObject(cursor);
  await eachMember(cursor, async (key) => {
    if (key !== ROWS) {
      keepOther(members.others, key, await takeText(cursor));
      return;
    }
    if (members.hasRows) throw new MalformedJson(`${ROWS} stands twice`);
    members.hasRows = true;
    const fault = await readRows(cursor, spool);
    if (fault) members.faults.push(fault);
  });
  if ((await peekByte(cursor)) !== undefined) throw new MalformedJson('something follows its end');
  return members;
}

async function readRows(cursor: RowCursor, spool: RowSpool): Promise<Fault | undefined> {
  if ((await peekByte(cursor)) === OPEN_ARRAY) return collectRows(cursor, spool);
  parse(await takeText(cursor));
  return { field: ROWS, code: 'isRows', message: 'must be a list of objects' };
}

/** Unknown fields are refused by name: some are enough. */
function keepOther(others: Map<string, unknown>, key: string, text: string) {
  const value = parse(text);
  if (others.size < MOST_OTHERS) others.set(key, value);
}

async function requireObject(cursor: RowCursor) {
  const first = await peekByte(cursor);
  if (first === OPEN_OBJECT) return;
  if (first !== OPEN_ARRAY) throw new MalformedJson('an object was expected');
  throw new InvalidInput([{ field: '', code: 'wrongType', message: 'the input must be a JSON object' }]);
}

function parse(text: string): unknown {
  refuseDepth(Buffer.from(text));
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new MalformedJson('a value is no JSON');
  }
}

async function validWith(faults: Fault[], input: object): Promise<StartRun> {
  try {
    const body = await valid(StartRun, input);
    if (faults.length === 0) return body;
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    faults.push(...error.faults);
  }
  throw new InvalidInput(faults);
}

function cursorOn(req: Request, source: ByteSource): RowCursor {
  requireJson(req);
  requireUnpacked(req);
  const announced = Number(req.get('content-length') ?? WINDOW_BYTES);
  const windowBytes = Math.max(64, Math.min(announced, WINDOW_BYTES));
  return rowCursor(source, windowBytes, MOST_OF_A_VALUE_BYTES);
}

function notTogether() {
  const message = `cannot stand beside worker: an outside worker brings the rows of its run itself`;
  return new InvalidInput([{ field: ROWS, code: 'notTogether', message }]);
}

function explained(error: unknown): unknown {
  if (error instanceof ValueTooBig) return new Refused(413, { code: 'tooLarge', message: `the body ${error.message}` });
  if (!(error instanceof MalformedJson)) return error;
  return new Refused(400, { code: 'malformedJson', message: `the body is not a JSON object: ${error.message}` });
}
