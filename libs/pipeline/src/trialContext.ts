import { type StepContext, type StepPorts } from './step.ts';
import { type RunSecrets, type RunSettings } from './runSettings.ts';
import { type TaskClaim } from './tasks.ts';

/** The outside that a trial of a campaign talks to. */
export interface TrialPorts extends Pick<StepPorts, 'source' | 'destination' | 'audience' | 'outsideGuard' | 'now'> {
  /** A campaign as a run would begin with it now, and its secrets. Throws NotFound `campaignNotFound`. */
  readTrial(campaignId: string): Promise<{ settings: RunSettings; secrets: RunSecrets }>;
  /** Keeps the first host key seen for a campaign that names none; gives the one that holds. */
  pinHostKey(seen: { campaignId: string; host: string; fingerprint: string }): Promise<string>;
}

/** What the steps of a run would be given now, for a task that tries some of them out: there is no run, and nothing of one is kept. */
export async function trialContext(claim: TaskClaim, ports: TrialPorts, signal: AbortSignal): Promise<StepContext> {
  const { taskId: id, companyId, requestId, attempt } = claim;
  const campaignId = String(claim.input['campaignId']);
  const { settings, secrets } = await ports.readTrial(campaignId);
  const startedAt = await ports.now();
  const { source, destination, audience, outsideGuard, now } = ports;
  const never = (): never => {
    throw new Error('a trial has no run, and delivers nothing');
  };
  return {
    ...{ source, destination, audience, outsideGuard, now, signal, failures: 0 },
    run: { id, companyId, campaignId, generation: 1, requestId, startedAt, settings },
    lease: { runId: id, step: 'query', attempt },
    runs: { notesOf: never, overrideRows: never, events: never },
    deliveries: { last: never, plan: never, mark: never, beginRename: never },
    secrets: {
      read: async () => secrets,
      pinHostKey: (_, fingerprint) => ports.pinHostKey({ campaignId, host: settings.sftp?.host ?? '', fingerprint }),
    },
    note: async () => undefined,
  };
}
