import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultGuardSettings } from '@muster/core/guardSettings';
import { codeOf, MusterError, PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { connectSftp } from './connectSftp.ts';
import { type TaskWork } from './executeTask.ts';
import { outsideGuardOf } from './outsideGuardOf.ts';
import { type RedashQuery, type RemoteDirectory } from './ports.ts';
import { type StepContext } from './step.ts';
import { trialContext, type TrialPorts } from './trialContext.ts';

/** Tells what a saved query is, without executing it. */
export interface QueryDescriber {
  describe(query: RedashQuery, signal: AbortSignal): Promise<{ name: string | null }>;
}

export interface CheckPorts extends TrialPorts {
  describer: QueryDescriber;
  /** Where the probe file lies before it goes out. */
  spoolDirectory: string;
  /** How long each of them may take; default 45 s. */
  withinMs?: number;
}

/** How a connection is: what would happen to a run. */
interface Verdict {
  ok: boolean;
  code: string | null;
  message: string | null;
  queryName?: string | null;
  hostKeyFingerprint?: string;
}

const WITHIN_MS = 45_000;
const PROBE = 'A file of Muster that looks whether it may write here. It should have gone at once; remove it.\n';

/**
 * Checks a campaign's connections, each by itself: Redash is asked for the query, the SFTP server is given a probe file and
 * loses it again, the company's own guard is asked about nobody.
 */
export function checkConnections(ports: CheckPorts): TaskWork {
  return {
    work: async (claim, { signal }) => {
      const withinMs = ports.withinMs ?? WITHIN_MS;
      const late = AbortSignal.timeout(withinMs);
      const ctx = await trialContext(claim, ports, AbortSignal.any([signal, late]));
      const judge = (find: () => Promise<Partial<Verdict>>) => verdictOn(find, { signal, late, withinMs });
      const guardUrl = guardOf(ctx);
      const [redash, sftp, complianceGuard] = await Promise.all([
        ctx.run.settings.campaign.redashQueryUrl === null ? null : judge(() => askRedash(ctx, ports.describer)),
        ctx.run.settings.sftp === null ? null : judge(() => probeSftp(ctx, ports.spoolDirectory)),
        guardUrl === null ? null : judge(() => probeGuard(ctx, guardUrl)),
      ]);
      return {
        redash: redash && { queryName: null, ...redash },
        sftp: sftp && { hostKeyFingerprint: null, ...sftp },
        complianceGuard,
      };
    },
  };
}

async function askRedash({ run, secrets, signal }: StepContext, describer: QueryDescriber) {
  const { redashApiKey: apiKey } = await secrets.read(run.id);
  const url = run.settings.campaign.redashQueryUrl;
  if (url === null || apiKey === null) {
    throw new PermanentFailure('redashKeyMissing', `campaign ${run.campaignId} has no redashApiKey: set it`);
  }
  return { queryName: (await describer.describe({ url, apiKey }, signal)).name };
}

async function probeSftp(ctx: StepContext, spoolDirectory: string) {
  const remote = await connectSftp(ctx);
  const name = `.muster-probe-${randomUUID()}.tmp`; // hidden, and nobody's pattern for files of contacts
  const localPath = join(spoolDirectory, name);
  try {
    await writeFile(localPath, PROBE, { mode: 0o600 });
    await leaveAndTake(remote, { name, localPath }, ctx.signal);
    return { hostKeyFingerprint: remote.hostKeyFingerprint };
  } finally {
    await remote.close();
    await rm(localPath, { force: true });
  }
}

async function leaveAndTake(
  remote: RemoteDirectory,
  { name, localPath }: { name: string; localPath: string },
  signal: AbortSignal,
) {
  try {
    await remote.upload(localPath, name, signal);
    const there = await remote.find(name);
    if (there?.sizeBytes !== PROBE.length) {
      const sizes = `${there?.sizeBytes ?? 0} of ${PROBE.length} bytes`;
      throw new TemporaryFailure(
        'remoteFileShort',
        `only ${sizes} of a probe file arrived: is the server's disk full?`,
      );
    }
  } catch (error) {
    await remote.remove(name).catch(() => undefined); // whatever there is of it
    throw error;
  }
  await remote.remove(name);
}

/** The guard that a run would ask; null: none. */
function guardOf({ run }: StepContext): string | null {
  const { exporter, company } = run.settings;
  return exporter && outsideGuardOf({ exporter, guard: company.guard ?? defaultGuardSettings });
}

async function probeGuard({ outsideGuard, signal }: StepContext, url: string) {
  await outsideGuard.probe(url, signal);
  return {};
}

interface Limits {
  /** The task's own: it says that there will be no verdict at all. */
  signal: AbortSignal;
  late: AbortSignal;
  withinMs: number;
}

async function verdictOn(find: () => Promise<Partial<Verdict>>, { signal, late, withinMs }: Limits): Promise<Verdict> {
  try {
    return { ok: true, code: null, message: null, ...(await find()) };
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted) return refusal('checkTimedOut', `there was no answer within ${withinMs} ms`);
    if (!(error instanceof MusterError)) {
      return refusal('unexpected', `an unexpected error${codeOf(error) ? ` (${codeOf(error) ?? ''})` : ''}`);
    }
    const { seen } = error.details; // of a host key that is not the pinned one
    return { ...refusal(error.code, error.message), ...(typeof seen === 'string' && { hostKeyFingerprint: seen }) };
  }
}

function refusal(code: string, message: string) {
  return { ok: false, code, message };
}
