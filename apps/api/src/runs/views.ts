import { flag, instant, integer, list, nested, oneOf, raw, text } from '@muster/core/fields';
import { type RunView, type StepView } from '@muster/db/runViews';
import { deliveryStates } from '@muster/pipeline/deliveries';
import { runStatuses, runWorkers, stepNames } from '@muster/pipeline/run';

const anyText = { max: 10_000, lines: true } as const;

class StepAnswer {
  @oneOf(stepNames) name!: string;
  @oneOf(runStatuses) status!: string;
  @integer({ min: 0, description: 'How often it was begun' }) attempts!: number;
  @instant({ nullable: true }) startedAt!: Date | null;
  @instant({ nullable: true }) finishedAt!: Date | null;
  @integer({ nullable: true, min: 0 }) rowsIn!: number | null;
  @integer({ nullable: true, min: 0 }) rowsOut!: number | null;
  @text({ ...anyText, nullable: true }) message!: string | null;
}

class DeliveryAnswer {
  @text() file!: string;
  @text({ max: 1_000, description: 'Its name on the server' }) remoteName!: string;
  @oneOf(deliveryStates) state!: string;
  @integer({ min: 0 }) sizeBytes!: number;
  @text() sha256!: string;
}

class RunErrorAnswer {
  @oneOf(stepNames, { nullable: true }) step!: string | null;
  @text() code!: string;
  @text({ ...anyText, nullable: true }) message!: string | null;
}

const fileId = (name: string) => text({ nullable: true, description: `The id of ${name}; null: not there` });

/** A run as it is answered: bare, without an envelope. */
export class RunAnswer {
  @text() id!: string;
  @text() object!: string;
  @oneOf(runStatuses) status!: string;
  @oneOf(runWorkers, { description: 'Who does its work: our own workers, or one that reports from outside' })
  worker!: string;
  @text({ description: 'The id of the campaign' }) borrowerCampaignId!: string;
  @raw({ type: 'array', items: { type: 'string' } }, { description: 'The files that can be downloaded' })
  availableFiles!: string[];
  @oneOf(['manual', 'schedule']) trigger!: string;
  @instant({ nullable: true, description: 'When it was due' }) scheduledFor!: Date | null;
  @instant() createdAt!: Date;
  @instant() updatedAt!: Date;
  @instant({ nullable: true, description: 'Since when it is to be canceled' }) cancelAskedAt!: Date | null;
  @instant({ nullable: true }) startedAt!: Date | null;
  @instant({ nullable: true }) finishedAt!: Date | null;
  @fileId('query_results.csv') queryResultsFileId!: string | null;
  @fileId('campaign_input.csv') campaignInputFileId!: string | null;
  @fileId('contacts_output.csv') contactsOutputFileId!: string | null;
  @fileId('log.txt') logFileId!: string | null;
  @flag({ nullable: true, description: 'Whether contacts were screened; null: not known yet' }) screened!:
    boolean | null;
  @list(() => StepAnswer) steps!: StepAnswer[];
  @raw({ type: 'object' }, { description: 'The funnel: what came in, what went out, and what did not' })
  counts!: Record<string, unknown>;
  @list(() => DeliveryAnswer) deliveries!: DeliveryAnswer[];
  @nested(() => RunErrorAnswer, { nullable: true }) error!: RunErrorAnswer | null;
  @text({ nullable: true, description: 'Of the request that started it' }) requestId!: string | null;
}

/** A run as it is answered. */
export function runView(run: RunView): RunAnswer {
  const idOf = (name: string) => run.files.find((file) => file.name === name)?.id ?? null;
  return {
    id: run.id,
    object: 'campaignRun',
    status: run.status,
    worker: run.worker,
    borrowerCampaignId: run.campaignId,
    availableFiles: run.files.map(({ name }) => name),
    trigger: run.trigger,
    scheduledFor: run.scheduledFor,
    createdAt: run.createdAt,
    updatedAt: run.updatedAt,
    cancelAskedAt: run.cancelAskedAt,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    queryResultsFileId: idOf('query_results.csv'),
    campaignInputFileId: idOf('campaign_input.csv'),
    contactsOutputFileId: idOf('contacts_output.csv'),
    logFileId: idOf('log.txt'),
    screened: run.screened,
    steps: run.steps.map(stepView),
    counts: inFunnelOrder(run.counts),
    deliveries: run.deliveries.map(({ file, remoteName, state, sizeBytes, sha256 }) => ({
      file,
      remoteName,
      state,
      sizeBytes,
      sha256,
    })),
    error: run.errorCode === null ? null : { step: run.errorStep, code: run.errorCode, message: run.errorMessage },
    requestId: run.requestId,
  };
}

const funnel = [
  ...['queried', 'invalid', 'duplicate', 'unknownBorrower', 'goOn'],
  ...['noContact', 'matched', 'contacts', 'screenedOut', 'exported'],
];

/** The database keeps no order of keys: people read the counts from what came in down to what went out. */
function inFunnelOrder(counts: Record<string, unknown>) {
  const others = Object.keys(counts).filter((name) => !funnel.includes(name));
  const names = [...funnel.filter((name) => Object.hasOwn(counts, name)), ...others];
  return Object.fromEntries(names.map((name) => [name, counts[name]]));
}

function stepView({ name, status, attempts, startedAt, finishedAt, rowsIn, rowsOut, message }: StepView) {
  return {
    name,
    status,
    attempts,
    startedAt: momentOf(startedAt),
    finishedAt: momentOf(finishedAt),
    rowsIn,
    rowsOut,
    message,
  };
}

function momentOf(text: string | null) {
  return text === null ? null : new Date(text);
}
