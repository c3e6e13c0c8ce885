import { type Schemas } from '@muster/client/openClient';
import { waitFor } from '@muster/testing/waitFor';
import { type House } from './house.ts';
import { type SftpDrop } from './sftpDrop.ts';

type Fields = Record<string, unknown>;

/** A run as the API shows it. */
export interface ShownRun {
  id: string;
  status: 'pending' | 'running' | 'succeeded' | 'failed' | 'canceled';
  trigger: string;
  availableFiles: string[];
  counts: Record<string, number> & { screenedOut?: Record<string, number> };
  steps: { name: string; status: string; attempts: number; startedAt: string | null; message: string | null }[];
  deliveries: { file: string; remoteName: string; state: string; sizeBytes: number; sha256: string }[];
  error: { step: string; code: string; message: string } | null;
  attention: { events: { event: string; message: string | null }[] } | null;
}

export const allBorrowers = `select person.key as id, loan.key as "loanId", 30 as days_past_due
  from person join loan on loan.person_key = person.key order by person.key`;

const exporter: Schemas['CreateContactExporter'] = {
  contactMatchingCriteria: { contactType: ['phone'], affiliation: ['self'] },
  columnSettings: [
    { field: 'contact.value', outputName: 'phone' },
    { field: 'contact.id' },
    { field: 'person.name.lastName', outputName: 'last name' },
    { field: 'loan.id' },
    { field: 'query.days_past_due' },
  ],
  // calls of this theme are not counted: there are more runs here than a borrower may be called about a debt
  checkCanInteractData: { theme: 'opsServicing', isAutodialed: true },
};
const RUN_TIMEOUT_MS = 40_000;

/** Creates an exporter of phones; gives its id. */
export async function createExporter({ client }: House): Promise<string> {
  return dataOf(await client.POST('/campaign-workers/contact-exporters', { body: exporter })).data.id;
}

/** Creates a campaign of all borrowers that is dropped at `sftp`; gives its id. */
export async function createCampaign(
  house: House,
  values: Fields & { sftp?: Schemas['SftpBody'] | null } = {},
): Promise<string> {
  const { sftp, ...more } = values;
  const body = {
    contactExporterId: await createExporter(house),
    ...house.saveQuery(allBorrowers),
    ...(sftp && { sftpSettings: sftp }),
    ...more,
  };
  return dataOf(await house.client.POST('/campaigns', { body })).data.id;
}

/** Starts a run; gives its path below `/api`. */
export async function startRun({ client }: House, campaignId: string, body: Schemas['StartRun'] = {}): Promise<string> {
  const run = dataOf(await client.POST('/campaigns/{campaignId}/runs', { params: { path: { campaignId } }, body }));
  return `/campaigns/${campaignId}/runs/${run.id}`;
}

/** Waits until a run has ended, or `fits`; fails where it has ended otherwise. */
export async function untilRun(
  { api }: House,
  path: string,
  fits: (run: ShownRun) => boolean = hasEnded,
): Promise<ShownRun> {
  const look = async () => {
    const run = (await api.call('GET', path)).json as unknown as ShownRun;
    if (fits(run)) return run;
    if (hasEnded(run)) throw new Error(`the run has ${run.status}: ${JSON.stringify(run.error)}`);
    return undefined;
  };
  return waitFor(look, { timeoutMs: RUN_TIMEOUT_MS, everyMs: 50, what: `run ${path}` });
}

/** Waits until a worker holds a step of a run. */
export async function untilHeld(house: House, path: string, step: string): Promise<ShownRun> {
  return untilRun(house, path, ({ steps }) => statusOf(steps, step) === 'running');
}

/** Waits until a step of a run is done. */
export async function untilDone(house: House, path: string, step: string): Promise<ShownRun> {
  return untilRun(house, path, ({ steps }) => statusOf(steps, step) === 'succeeded');
}

/** The contacts file of a run as the API serves it. */
export async function downloadContacts({ api }: House, path: string): Promise<Buffer> {
  return (await api.call('GET', `${path}/files?file=contacts_output.csv`)).bytes;
}

/** The name under which a run has delivered a file. */
export function remoteNameOf(run: ShownRun, file: 'contacts_output.csv' | 'log.txt' = 'contacts_output.csv'): string {
  return run.deliveries.find((delivery) => delivery.file === file)?.remoteName ?? `no ${file}`;
}

/** What a drop has got of a run's contacts: the bytes, and how often they were given their name. */
export async function deliveredBy(drop: SftpDrop, run: ShownRun) {
  const name = remoteNameOf(run);
  return { bytes: await drop.read(name), renames: drop.renamesTo(name) };
}

export const hasEnded = ({ status }: ShownRun) => status !== 'pending' && status !== 'running';

function statusOf(steps: ShownRun['steps'], name: string) {
  return steps.find((step) => step.name === name)?.status;
}

function dataOf<Data>({ data, error, response }: { data?: Data; error?: unknown; response: Response }): Data {
  if (data !== undefined) return data;
  throw new Error(`the API answered ${response.status}: ${JSON.stringify(error)}`);
}
