import { type RunView, type StepView } from '@muster/db/runViews';

/** A run as it is answered: bare, without an envelope. */
export function runView(run: RunView) {
  const fileId = (name: string) => run.files.find((file) => file.name === name)?.id ?? null;
  return {
    id: run.id,
    object: 'campaignRun',
    status: run.status,
    borrowerCampaignId: run.campaignId,
    availableFiles: run.files.map(({ name }) => name),
    trigger: run.trigger,
    scheduledFor: run.scheduledFor,
    createdAt: run.createdAt,
    updatedAt: run.updatedAt,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    queryResultsFileId: fileId('query_results.csv'),
    campaignInputFileId: fileId('campaign_input.csv'),
    contactsOutputFileId: fileId('contacts_output.csv'),
    logFileId: fileId('log.txt'),
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
    startedAt: instant(startedAt),
    finishedAt: instant(finishedAt),
    rowsIn,
    rowsOut,
    message,
  };
}

function instant(text: string | null) {
  return text === null ? null : new Date(text);
}
