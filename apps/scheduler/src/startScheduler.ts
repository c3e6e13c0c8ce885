import { type Database } from '@muster/core/database';
import { MusterError } from '@muster/core/errors';
import { inLanes } from '@muster/core/inLanes';
import { type Log } from '@muster/core/log';
import { cancelLateRuns } from '@muster/db/cancelLateRuns';
import { tidyAlerts } from '@muster/db/tidyAlerts';
import { dropPastReservations } from '@muster/db/dropPastReservations';
import { failSilentRuns } from '@muster/db/failSilentRuns';
import { giveUpUnusedFiles } from '@muster/db/giveUpUnusedFiles';
import { dropOldAnswers } from '@muster/db/keptAnswers';
import { pastFiles } from '@muster/db/pastFiles';

import { dropPastShortLinks } from '@muster/db/sms/shortLinks';
import { forgetTexts } from '@muster/db/sms/forgetTexts';
import { type QueuedRun, recordDueSlots, sweepDueSlots } from '@muster/db/slots';
import { sweepDueSubscriptions } from '@muster/db/sms/sweepDueSubscriptions';
import { type AlertDeps, ALERTS_AT_ONCE, deliverAlerts } from '@muster/pipeline/deliverAlerts';
import { heal, type HealDeps, type LogDeps, sealLogs } from '@muster/pipeline/heal';
import { type Audience } from '@muster/pipeline/ports';
import { removePastFiles } from '@muster/pipeline/removePastFiles';
import { ringAll } from '@muster/pipeline/ringAll';
import { type RingQueue } from '@muster/queue/queues';
import { keepSchedules, type KeepTimes } from './keepSchedules.ts';
import { type SchedulerMeter } from './meterScheduler.ts';
import { repeat, type Stoppable } from './repeat.ts';

export interface SchedulerDeps extends HealDeps, LogDeps {
  db: Database;
  audience: Pick<Audience, 'dropEnded'>;
  queues: RingQueue;
  /** Who is told what waits for a person. */
  alerts: Omit<AlertDeps, 'log'>;
  log: Log;
  meter?: SchedulerMeter;
  times: KeepTimes & SchedulerTimes;
}

interface SchedulerTimes {
  sweepEveryMs: number;
  healEveryMs: number;
  stopWithinMs: number;
  /** How long an outside worker may be silent about its run. */
  externalRunTimeoutMs: number;
}

const SWEEP_LIMIT = 500;
const SUBSCRIPTIONS_AT_ONCE = 2_000; // in one transaction, of a second or so
const RINGS_AT_ONCE = 8;
const COMPANIES_AT_ONCE = 4;
const TIDY_EVERY_MS = 60_000;
const LOOK_FOR_UNFINISHED_EVERY_MS = 6 * 3_600_000;
const UNFINISHED_FOR_MS = 48 * 3_600_000; // longer than any step goes on writing
const ALERT_EVERY_MS = 2_000;

/**
 * Starts what the clock does: recording due slots, whether a ring tells of them or the sweep finds them; keeping the
 * queue's schedules; healing; telling webhooks of alerts. Any number of schedulers may run beside each other.
 */
export async function startScheduler(deps: SchedulerDeps): Promise<Stoppable> {
  const { times, queues } = deps;
  const every = (name: string, everyMs: number, task: (signal: AbortSignal) => Promise<unknown>) =>
    repeat({ everyMs, task, onError: (error) => report(deps.log, name, error) });

  const loops = [
    // none waits for another, or fails with it
    every('sweep', times.sweepEveryMs, (signal) => sweep(deps, signal)),
    every('due subscriptions', times.sweepEveryMs, (signal) => sweepSubscriptions(deps, signal)),
    every('late runs', times.healEveryMs, () => endLateRuns(deps)),
    every('silent runs', times.healEveryMs, () => endSilentRuns(deps)),
    every('heal', times.healEveryMs, () => heal(deps)),
    every('logs', times.healEveryMs, (signal) => sealLogs(deps, signal)),
    every('scratch tables', times.healEveryMs, () => deps.audience.dropEnded()),
    every('answers', TIDY_EVERY_MS, () => dropOldAnswers(deps.db)),
    every('alerts', ALERT_EVERY_MS, (signal) => tellAll(deps, signal)),
    every('past alerts', TIDY_EVERY_MS, () => tidyAlerts(deps.db)),
    every('reservations', TIDY_EVERY_MS, () => dropPastReservations(deps.db)),
    every('past texts', TIDY_EVERY_MS, () => forgetTexts(deps.db)),
    every('short links', TIDY_EVERY_MS, () => dropPastShortLinks(deps.db)),
    every('past files', TIDY_EVERY_MS, (signal) => removePastFiles({ ...deps, past: pastFiles(deps.db) }, signal)),
    every('unused files', TIDY_EVERY_MS, () => giveUpUnusedFiles(deps.db)),
    every('unfinished', LOOK_FOR_UNFINISHED_EVERY_MS, () => removeUnfinished(deps)),
    every('schedules', times.followEveryMs, (signal) => keepSchedules(deps, signal)),
  ];
  const rings = await queues.workRings((campaignId) => answerRing(deps, campaignId), { concurrency: RINGS_AT_ONCE });
  return {
    stop: async () => {
      rings.pause();
      await Promise.all([...loops.map((loop) => loop.stop()), rings.close(times.stopWithinMs / 2)]);
    },
  };
}

/** Looks at a campaign whose bell was rung. Rung too early, late or twice: the slots know better. */
async function answerRing(deps: SchedulerDeps, campaignId: string): Promise<void> {
  const { runIds, companyId } = await recordDueSlots(deps.db, campaignId);
  const queued = runIds.map((runId) => ({ runId, campaignId }));
  noteQueued(deps, 'ring', queued);
  if (companyId !== undefined && runIds.length > 0) await beginRuns(deps, [companyId]);
}

async function sweep(deps: SchedulerDeps, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  let looked = SWEEP_LIMIT;
  while (looked === SWEEP_LIMIT && !signal.aborted) {
    const swept = await sweepDueSlots(deps.db, { limit: SWEEP_LIMIT });
    for (const { campaignId, error } of swept.failed) deps.log.error('campaign.notScheduled', { campaignId }, error);
    noteQueued(deps, 'sweep', swept.queued);
    await beginRuns(deps, swept.companyIds);
    looked = swept.looked;
  }
  deps.meter?.swept((performance.now() - startedAt) / 1000);
}

/** Wants the charges of due dates that have come. Nobody rings for them: their workers look each second, and nobody waits. */
async function sweepSubscriptions({ db, log }: SchedulerDeps, signal: AbortSignal): Promise<void> {
  let looked = SUBSCRIPTIONS_AT_ONCE;
  while (looked === SUBSCRIPTIONS_AT_ONCE && !signal.aborted) {
    const swept = await sweepDueSubscriptions(db, { limit: SUBSCRIPTIONS_AT_ONCE });
    for (const { subscriptionGuid, error } of swept.failed)
      log.error('subscription.notScheduled', { subscriptionGuid }, error);
    if (swept.due > 0) log.info('subscriptions.due', { count: swept.due });
    looked = swept.looked;
  }
}

/** The first line of a run's story. No request is in it. */
function noteQueued({ log, meter }: SchedulerDeps, foundBy: 'ring' | 'sweep', queued: QueuedRun[]): void {
  for (const { runId, campaignId } of queued) log.info('run.queued', { runId, campaignId, requestId: null, foundBy });
  if (queued.length > 0) meter?.queued(foundBy, queued.length);
}

async function endLateRuns({ db, log, meter }: SchedulerDeps): Promise<void> {
  const { runs, unknownZones } = await cancelLateRuns(db);
  for (const { companyId, timeZone } of unknownZones) log.error('company.zoneUnknown', { companyId, timeZone });
  if (runs.length === 0) return;
  log.warn('runs.notBegun', { count: runs.length });
  for (const { id, campaignId } of runs)
    log.info('run.canceled', { runId: id, campaignId, requestId: null, code: 'notBegun' });
  meter?.canceled(runs.length);
}

async function endSilentRuns({ db, log, times }: SchedulerDeps): Promise<void> {
  const silent = await failSilentRuns(db, { silentMs: times.externalRunTimeoutMs });
  for (const { id, campaignId, requestId } of silent)
    log.warn('run.failed', { runId: id, campaignId, requestId, code: 'externalTimedOut' });
}

async function tellAll({ alerts, log }: SchedulerDeps, signal: AbortSignal): Promise<void> {
  let taken = ALERTS_AT_ONCE;
  while (taken === ALERTS_AT_ONCE && !signal.aborted) taken = await deliverAlerts({ ...alerts, log }, signal);
}

/** What a killed process was writing stays in the file store, unseen and paid for. */
async function removeUnfinished({ store, log }: SchedulerDeps): Promise<void> {
  const count = await store.removeUnfinished(new Date(Date.now() - UNFINISHED_FOR_MS));
  if (count > 0) log.info('files.unfinishedRemoved', { count });
}

/** Gives the companies' new runs their places and rings for them; what fails here the healer does. */
async function beginRuns(deps: SchedulerDeps, companyIds: string[]): Promise<void> {
  await inLanes(companyIds, COMPANIES_AT_ONCE, async (companyId) => {
    await ringAll(deps, await deps.places.fill(companyId));
  });
}

function report(log: Log, task: string, error: unknown): void {
  if (error instanceof MusterError) log.warn('scheduler.failed', { task, code: error.code, message: error.message });
  else log.error('scheduler.failed', { task }, error);
}
