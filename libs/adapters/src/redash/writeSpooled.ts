import { open } from 'node:fs/promises';
import { type Writable } from 'node:stream';
import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type QueryResult } from '@muster/pipeline/ports';
import { endOutput } from './csvOutput.ts';
import { MalformedJson } from '@muster/core/jsonBytes';
import { type Answer, readRows } from './readRows.ts';
import { bodyCut } from './receiveBody.ts';
import { type ByteSource } from '@muster/core/rowCursor';
import { type SpooledAnswer } from './spoolResult.ts';

interface Writing {
  /** Texts that must occur in the statement that was executed. */
  texts: string[];
  to: Writable;
  signal: AbortSignal;
}

/** Writes a spooled answer as CSV. `to` is ended only when the answer was whole, and the one that was asked for. */
export async function writeSpooled(spooled: SpooledAnswer, { texts, to, signal }: Writing): Promise<QueryResult> {
  const file = await open(spooled.path);
  try {
    const openAnew = () => readerOf(file);
    const answer = await readRows({ open: openAnew, to, signal }).catch((error: unknown) => {
      throw answerFailure(spooled, error);
    });
    checkAnswer(answer, spooled, texts);
    await endOutput(to, signal);
    return { rows: answer.rows, columns: answer.columns };
  } finally {
    await file.close();
  }
}

/** Reads from the file's beginning, with a place of its own in it. */
function readerOf(file: Awaited<ReturnType<typeof open>>): ByteSource {
  let position = 0;
  return {
    async read(buffer, offset, length) {
      const { bytesRead } = await file.read(buffer, offset, length, position);
      position += bytesRead;
      return { bytesRead };
    },
  };
}

function checkAnswer({ facts, isTruncated }: Answer, { resultId, notBefore }: SpooledAnswer, texts: string[]): void {
  if (isTruncated) {
    throw new PermanentFailure('redashTruncated', 'Redash has left out rows of this result: let the query give fewer.');
  }
  const id = facts.get('id');
  if (resultId !== undefined && typeof id === 'number' && id !== resultId) throw notFresh('gave another result');
  if (resultId === undefined && !isSince(facts.get('retrieved_at'), notBefore)) throw notFresh('gave an older result');
  const statement = facts.get('query');
  if (typeof statement === 'string' && !texts.every((text) => statement.includes(text))) {
    throw notFresh('executed the query with the parameters of somebody else');
  }
}

function isSince(retrievedAt: unknown, notBefore: number | undefined): boolean {
  return notBefore === undefined || (typeof retrievedAt === 'string' && Date.parse(retrievedAt) >= notBefore);
}

function notFresh(what: string) {
  return new TemporaryFailure('redashNotFresh', `Redash ${what}; the query is executed again.`);
}

function answerFailure({ resultId }: SpooledAnswer, error: unknown): unknown {
  if (!(error instanceof MalformedJson)) return error;
  if (error.isCut) return bodyCut(error.message);
  if (resultId === undefined) return notFresh('has not kept the result');
  return new PermanentFailure('redashNotJson', `The answer of Redash cannot be read: ${error.message}.`);
}
