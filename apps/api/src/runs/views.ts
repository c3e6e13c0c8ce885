import { flag, instant, integer, list, nested, oneOf, raw, text } from '@muster/core/fields';
import { type DeliveryView, type RunView, type StepView } from '@muster/db/runViews';
import { deliveryStates } from '@muster/pipeline/deliveries';
import { publicFiles, runStatuses, runWorkers, stepNames } from '@muster/pipeline/run';
import { type Action, type ActionOptions, actionsOf, actionsSchema } from './actionsOf.ts';
import { AttentionAnswer, attentionOf } from './attention.ts';
import { FUNNEL, funnelSchema, inFunnelOrder } from './funnel.ts';
import { whyItWaits } from './whyItWaits.ts';

const anyText = { max: 10_000, lines: true } as const;

class StepAnswer {
  @oneOf(stepNames, { description: 'What it does' }) name!: string;
  @oneOf(runStatuses, { description: 'How it stands' }) status!: string;
  @integer({ min: 0, description: 'How often it was begun' }) attempts!: number;
  @instant({ nullable: true, description: 'When it was begun' }) startedAt!: Date | null;
  @instant({ nullable: true, description: 'When it ended' }) finishedAt!: Date | null;
  @integer({ nullable: true, min: 0, description: 'How many rows it was given' }) rowsIn!: number | null;
  @integer({ nullable: true, min: 0, description: 'How many it gave on' }) rowsOut!: number | null;
  @text({
    ...anyText,
    nullable: true,
    description: 'What came of it; or why it waits, when it gives up, and what it has cost',
  })
  message!: string | null;
}

class DeliveryResolutionAnswer {
  @integer({ min: 1, description: 'The try that was in doubt' }) try!: number;
  @oneOf(['delivered', 'notDelivered'], { description: 'What became of the file' }) as!: string;
  @text({ ...anyText, description: 'How it is known' }) note!: string;
  @text({ description: 'The id of the credential that said so' }) key!: string;
  @instant({ description: 'When' }) at!: Date;
}

class DeliveryAnswer {
  @text({ description: 'Which of the run’s files', example: 'contacts_output.csv' }) file!: string;
  @integer({ min: 1, description: 'Which try it is, the last one' }) try!: number;
  @text({ nullable: true, description: 'The server, as the campaign named it then', example: 'sftp.acme.com:23' })
  host!: string | null;
  @text({
    nullable: true,
    max: 1_000,
    description: 'The directory there; null: where the login leads',
    example: 'inbound',
  })
  directory!: string | null;
  @text({ max: 1_000, description: 'Its name there' }) remoteName!: string;
  @oneOf(deliveryStates, { description: '`unknown`: no answer came to the rename, and a person must resolve it' })
  state!: string;
  @integer({ min: 0, description: 'As it was sent: packed, where the campaign says so' }) sizeBytes!: number;
  @text({ description: 'Of the same bytes, in hexadecimal digits' }) sha256!: string;
  @nested(() => DeliveryResolutionAnswer, {
    nullable: true,
    description: 'What a person has said of this try; null: nothing, as while it is in doubt',
  })
  resolution!: DeliveryResolutionAnswer | null;
}

class RunErrorAnswer {
  @oneOf(stepNames, { nullable: true, description: 'At which step; null: at none, as with outside workers' })
  step!: string | null;
  @text({ description: 'For programs: it stays as it is', example: 'remoteDirectoryMissing' }) code!: string;
  @text({ ...anyText, nullable: true, description: 'What to mend' }) message!: string | null;
}

const fileId = (name: string) =>
  text({ nullable: true, description: `The id of ${name}; null: not there`, example: 'FL-5D2P-Y7QK' });

/** A run as it is answered: bare, without an envelope. */
export class RunAnswer {
  @text({ description: 'Of the form CR-AAAA-AAAA', example: 'CR-7KQM-3XPA' }) id!: string;
  @oneOf(['campaignRun']) object!: string;
  @oneOf(runStatuses, { description: 'A run that needs a person is `failed`; `error.code` says why' }) status!: string;
  @oneOf(runWorkers, { description: 'Who does its work: our own workers, or one that reports from outside' })
  worker!: string;
  @text({ description: 'The id of the campaign', example: 'CM-7K2M-Q9TX' }) borrowerCampaignId!: string;
  @raw(
    { type: 'array', items: { type: 'string', enum: publicFiles } },
    { description: 'The files that can be downloaded' },
  )
  availableFiles!: string[];
  @oneOf(['manual', 'schedule'], { description: 'What started it' }) trigger!: string;
  @instant({ nullable: true, description: 'When it was due; null: it was started by hand' }) scheduledFor!: Date | null;
  @instant({ description: 'When it was made' }) createdAt!: Date;
  @instant({ description: 'When it was last changed' }) updatedAt!: Date;
  @instant({ nullable: true, description: 'Since when it is to be canceled' }) cancelAskedAt!: Date | null;
  @instant({ nullable: true, description: 'When it was begun' }) startedAt!: Date | null;
  @instant({ nullable: true, description: 'When it ended' }) finishedAt!: Date | null;
  @instant({
    nullable: true,
    description: 'When its files were removed, past the company’s `retentionDays.files`; null: they were not',
  })
  filesRemovedAt!: Date | null;
  @fileId('query_results.csv') queryResultsFileId!: string | null;
  @fileId('campaign_input.csv') campaignInputFileId!: string | null;
  @fileId('contacts_output.csv') contactsOutputFileId!: string | null;
  @fileId('log.txt') logFileId!: string | null;
  @flag({ nullable: true, description: 'Whether contacts were screened; null: not known yet' }) screened!:
    boolean | null;
  @list(() => StepAnswer, { description: 'In their order; none for an outside worker' }) steps!: StepAnswer[];
  @raw(funnelSchema, { description: FUNNEL }) counts!: Record<string, unknown>;
  @list(() => DeliveryAnswer, { description: 'By SFTP, the last try of each file' }) deliveries!: DeliveryAnswer[];
  @nested(() => RunErrorAnswer, { nullable: true, description: 'Why it failed' }) error!: RunErrorAnswer | null;
  @raw(actionsSchema, {
    description:
      'What would be accepted just now, of whoever has the scope `runs:manage`; all else is refused, but for a cancel that is ' +
      'asked for again: `cancel` (`cancelRun`), `retry` (`retryRun`), `resolveAsDelivered` and `resolveAsNotDelivered` ' +
      '(`resolveDelivery`)',
    example: ['cancel'],
  })
  actions!: Action[];
  @nested(() => AttentionAnswer, {
    nullable: true,
    description:
      'Of a run that is parked, or whose delivery is unknown: what to know and to do; else null: see the alerts',
  })
  attention!: AttentionAnswer | null;
  @text({ nullable: true, description: 'Of the request that started it' }) requestId!: string | null;
}

/** A run as it is answered. */
export function runView(run: RunView, options: ActionOptions = {}): RunAnswer {
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
    filesRemovedAt: run.filesRemovedAt,
    queryResultsFileId: idOf('query_results.csv'),
    campaignInputFileId: idOf('campaign_input.csv'),
    contactsOutputFileId: idOf('contacts_output.csv'),
    logFileId: idOf('log.txt'),
    screened: run.screened,
    steps: run.steps.map((step) => stepView(step, run.waiting)),
    counts: inFunnelOrder(run.counts),
    deliveries: run.deliveries.map(deliveryView),
    error: run.errorCode === null ? null : { step: run.errorStep, code: run.errorCode, message: run.errorMessage },
    actions: actionsOf(run, options),
    attention: attentionOf(run, options),
    requestId: run.requestId,
  };
}

function deliveryView(delivery: DeliveryView) {
  const { file, try: number, host, directory, remoteName, state, sizeBytes, sha256, resolution } = delivery;
  const where = { file, try: number, host, directory, remoteName };
  return { ...where, state, sizeBytes, sha256, resolution: resolutionView(resolution) };
}

function resolutionView(resolution: DeliveryView['resolution']) {
  if (!resolution) return null;
  const { try: number, as, note, key, at } = resolution;
  return { try: number, as, note, key, at: new Date(at) };
}

function stepView(step: StepView, waiting: RunView['waiting']) {
  const { name, status, attempts, startedAt, finishedAt, rowsIn, rowsOut } = step;
  return {
    name,
    status,
    attempts,
    startedAt: momentOf(startedAt),
    finishedAt: momentOf(finishedAt),
    rowsIn,
    rowsOut,
    message: whyItWaits(step, waiting),
  };
}

function momentOf(text: string | null) {
  return text === null ? null : new Date(text);
}
