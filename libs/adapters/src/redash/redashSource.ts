import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Writable } from 'node:stream';
import { MusterError } from '@muster/core/errors';
import { type QueryResult, type QuerySource, type RedashQuery } from '@muster/pipeline/ports';
import { type Waiting, WEB_UI_RHYTHM_MS } from './awaitJob.ts';
import { deadlineIn } from './deadline.ts';
import { type Execution, executeFresh } from './executeFresh.ts';
import { parameterValues, type Parameters } from './parameterValues.ts';
import { type CallLimits, type RedashCalls, redashCalls } from './redashCalls.ts';
import { spoolResult } from './spoolResult.ts';
import { writeSpooled } from './writeSpooled.ts';

/** How Redash is asked. */
export interface RedashSettings extends CallLimits {
  /** Answers lie here while they are turned into CSV. What a killed process left behind may be removed at any time. */
  spoolDirectory: string;
  /** For the longest pause inside any answer, and for the whole of all answers but results. */
  requestTimeoutMs: number;
  /** From the first request to the last byte of the result. */
  deadlineMs: number;
  /** The most bytes of a result, packed and unpacked. */
  maxBytes: number;
  /** Pauses between looks at a running query, the last one for ever; default: the rhythm of Redash's own page. */
  pollIntervalsMs?: number[];
  /** Whether a server may be asked without encryption; everybody on the way can read the key then. */
  allowHttp: (host: string, port: number) => boolean;
}

/** Rows from saved queries of Redash servers, each executed afresh. Works with keys of users and of queries. */
export function redashSource(settings: RedashSettings): QuerySource {
  return {
    async fetchRows(query, to, signal) {
      signal.throwIfAborted();
      const spoolPath = join(settings.spoolDirectory, `redash-${randomUUID()}.json`);
      try {
        return await fetchThrough(spoolPath, { settings, query, to, signal });
      } finally {
        await rm(spoolPath, { force: true });
      }
    },
  };
}

interface Fetching {
  settings: RedashSettings;
  query: RedashQuery;
  to: Writable;
  signal: AbortSignal;
}

async function fetchThrough(spoolPath: string, { settings, query, to, signal }: Fetching): Promise<QueryResult> {
  const deadline = deadlineIn(settings.deadlineMs);
  const calls = redashCalls(query, settings, { deadline, signal });
  const waiting = { pollIntervalsMs: settings.pollIntervalsMs ?? WEB_UI_RHYTHM_MS, deadline, signal };

  const { parameters, execution } = await execute(calls, waiting);
  const spooled = await spoolResult({ calls, waiting, parameters: parameters.values, spoolPath }, execution);
  return writeSpooled(spooled, { texts: parameters.texts, to, signal });
}

/** The query's definition is asked for only where there are parameters: most have none. */
async function execute(
  calls: RedashCalls,
  waiting: Waiting,
): Promise<{ parameters: Parameters; execution: Execution }> {
  if (calls.address.parameters.length === 0) {
    const parameters = { values: {}, texts: [] };
    try {
      return { parameters, execution: await executeFresh(calls, parameters.values, waiting) };
    } catch (error) {
      if (!(error instanceof MusterError && error.code === 'redashParameterMissing')) throw error;
    }
  }
  const parameters = parameterValues(calls.address, await calls.describe());
  return { parameters, execution: await executeFresh(calls, parameters.values, waiting) };
}
