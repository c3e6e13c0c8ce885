import { Conflict, type Fault, InvalidInput } from '@muster/core/errors';
import { attachFiles, type WantedFile } from '@muster/db/attachFiles';
import { campaigns } from '@muster/db/campaigns';
import { getObject } from '@muster/db/companyObjects';
import { type CompanyDatabase } from '@muster/db/openDatabase';
import { type RunView } from '@muster/db/runViews';
import { writeReport } from '@muster/db/writeReport';
import { type RunFile, type RunStatus } from '@muster/pipeline/run';
import { statusesAfter } from '@muster/pipeline/statusesAfter';
import { type UpdateRun } from './dto.ts';

/** Which of a run's files each field names. */
const fileFields = {
  queryResultsFileId: 'query_results.csv',
  campaignInputFileId: 'campaign_input.csv',
  contactsOutputFileId: 'contacts_output.csv',
  logFileId: 'log.txt',
} as const satisfies Partial<Record<keyof UpdateRun, RunFile>>;

/** Throws Conflict `ownRun` for a run that our own workers do: what they do is not told from outside. */
export function requireOutsideRun(run: RunView): void {
  if (run.worker === 'external') return;
  const cancel = `POST /campaigns/${run.campaignId}/runs/${run.id}/cancel`;
  throw new Conflict('ownRun', `run ${run.id} is done by our own workers and cannot be reported on; ${cancel} ends it`);
}

/**
 * Writes what an outside worker reports of its run, whose row must be locked. Throws InvalidInput, NotFound `fileNotFound`,
 * Conflict `wrongTransition` or `fileTaken`.
 */
export async function updateRun(tx: CompanyDatabase, run: RunView, body: UpdateRun): Promise<void> {
  const { status = run.status } = body;
  const files = changedFiles(run, body);
  const faults = [...(await otherCampaign(tx, run, body)), ...sharedFiles(run, files)];
  if (faults.length > 0) throw new InvalidInput(faults);
  requireTransition(run, status);
  if (files.length > 0) await attachFiles(tx, run, files);
  const log = files.find(({ name }) => name === 'log.txt');
  const names = files.map(({ name }) => name);
  await writeReport(tx, run, { status, files: names, ...(log && { hasLog: log.id !== null }) });
}

function requireTransition(run: RunView, status: RunStatus) {
  const next = statusesAfter(run.status);
  if (status === run.status || next.includes(status)) return;
  const after = next.length > 0 ? `from there it can become ${next.join(', ')}` : 'it has ended';
  throw new Conflict('wrongTransition', `run ${run.id} is ${run.status} and cannot become ${status}: ${after}`, {
    details: { field: 'status', from: run.status, to: status },
  });
}

async function otherCampaign(tx: CompanyDatabase, run: RunView, { borrowerCampaignId: id }: UpdateRun) {
  if (id === undefined || id === run.campaignId) return [];
  const wanted = { reference: run.campaignId, includeDeleted: true };
  if (id === (await getObject(tx, campaigns, wanted)).externalId) return [];
  const message = `is not the campaign of this run, which is ${run.campaignId} and stays it`;
  return [{ field: 'borrowerCampaignId', code: 'otherCampaign', message }];
}

function changedFiles(run: RunView, body: UpdateRun): WantedFile[] {
  return Object.entries(fileFields).flatMap(([field, name]) => {
    const id = body[field as keyof typeof fileFields];
    return id === undefined || id === presentId(run, name) ? [] : [{ name, id, field }];
  });
}

/** A file has one name: it cannot be two of a run's. */
function sharedFiles(run: RunView, changed: WantedFile[]): Fault[] {
  const fieldsById = new Map<string, string>();
  return Object.entries(fileFields).flatMap(([field, name]) => {
    const change = changed.find((file) => file.name === name);
    const id = change ? change.id : presentId(run, name);
    if (id === null) return [];
    const other = fieldsById.get(id);
    fieldsById.set(id, field);
    return other === undefined ? [] : [{ field, code: 'notUnique', message: `names the same file as ${other}` }];
  });
}

function presentId(run: RunView, name: RunFile): string | null {
  return run.files.find((file) => file.name === name)?.id ?? null;
}
