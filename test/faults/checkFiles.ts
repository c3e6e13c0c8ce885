import { createHash } from 'node:crypto';
import { PHONE } from '../e2e/insertBorrowers.ts';
import { CONTACTS, type DeliveryRow, type RunRow, type Scene } from './scene.ts';

const MAY_BE_THERE = ['renaming', 'delivered', 'unknown'];
const UNDER_WAY = ['planned', 'uploading', 'uploaded', 'renaming'];

/** What is broken of the files on the server, and how many runs have lost a contact there, or handed one over twice. */
export interface FilesFound {
  lost: number;
  doubled: number;
  faults: string[];
}

/** Holds what lies on the server against the ledger, and the contacts in it against those that each run must hand over. */
export async function checkFiles(scene: Scene, runs: RunRow[], deliveries: DeliveryRow[]): Promise<FilesFound> {
  const doubled = doubledFiles(scene, deliveries);
  const ended = new Set(runs.filter(({ status }) => !['pending', 'running'].includes(status)).map(({ id }) => id));
  const open = deliveries.filter(({ runId, state }) => ended.has(runId) && UNDER_WAY.includes(state));
  const bytes = (await Promise.all(deliveries.map((delivery) => bytesOf(scene, delivery)))).flat();
  const contacts = (await inTurn(deliveries, (delivery) => contactsOf(scene, delivery))).flat();
  return {
    lost: contacts.length,
    doubled: doubled.length,
    faults: [
      ...doubled.map((file) => `I2: ${file} was given a final name more than once`),
      ...open.map(({ runId, file, state }) => `I2: run ${runId} has ended, and its ${file} is ${state}`),
      ...(await strangersOf(scene, { deliveries, ended })),
      ...bytes,
      ...contacts,
    ],
  };
}

/** Files of runs that the server has seen under final names more than once, whatever the names. */
function doubledFiles({ drop }: Scene, deliveries: DeliveryRow[]) {
  const names = new Map<string, Set<string>>();
  for (const { runId, file, remoteName } of deliveries) {
    const key = `${file} of run ${runId}`;
    names.set(key, (names.get(key) ?? new Set()).add(remoteName));
  }
  const renames = (of: Set<string>) => [...of].reduce((sum, name) => sum + drop.renamesTo(name), 0);
  return [...names].filter(([, of]) => renames(of) > 1).map(([key]) => key);
}

/** Files of ours that no delivery stands for; and temporary ones of runs that have ended. */
async function strangersOf({ drop }: Scene, { deliveries, ended }: { deliveries: DeliveryRow[]; ended: Set<string> }) {
  const sent = deliveries.filter(({ state }) => MAY_BE_THERE.includes(state));
  const known = new Set(sent.map(({ remoteName }) => remoteName));
  const temporary = new Map(deliveries.map(({ temporaryName, runId }) => [temporaryName, runId]));
  const names = await drop.names();
  const runs = new Set(deliveries.map(({ runId }) => runId));
  const isOurs = (name: string) => [...runs].some((id) => name.includes(id));
  return [
    ...names
      .filter((name) => !temporary.has(name) && !known.has(name) && isOurs(name))
      .map((name) => `I2: ${name} is there, and no delivery says so`),
    ...names.filter((name) => ended.has(temporary.get(name) ?? '')).map((name) => `I2: ${name} was left behind`),
  ];
}

/** What is delivered lies there, was given its name by a rename, and has the bytes that the ledger names. */
async function bytesOf({ drop }: Scene, { state, remoteName, sha256 }: DeliveryRow) {
  if (!MAY_BE_THERE.includes(state)) return [];
  const bytes = await drop.read(remoteName).catch(() => undefined);
  if (!bytes) return state === 'delivered' ? [`I2: ${remoteName} is delivered, and not there`] : [];
  if (drop.renamesTo(remoteName) === 0) return [`I2: ${remoteName} is there without a rename`];
  const found = createHash('sha256').update(bytes).digest('hex');
  return found === sha256 ? [] : [`I2: ${remoteName} has other bytes than the ledger says`];
}

/** A delivered file holds each contact that it must hold, once, and no other. */
async function contactsOf({ drop, phonesOf }: Scene, { runId, file, state, remoteName }: DeliveryRow) {
  if (state !== 'delivered' || file !== CONTACTS) return [];
  const [bytes, wanted] = [await drop.read(remoteName).catch(() => undefined), await phonesOf(runId)];
  if (!bytes || !wanted) return [];
  const lines = phonesIn(bytes.toString());
  const [found, allowed] = [new Set(lines), new Set(wanted)];
  const missing = wanted.filter((phone) => !found.has(phone)).length;
  const uncalled = lines.filter((phone) => !allowed.has(phone)).length;
  if (missing + uncalled === 0 && lines.length === wanted.length) return [];
  const numbers = `${lines.length} contacts instead of ${wanted.length}`;
  return [`I3, I4: run ${runId} handed over ${numbers}: ${missing} are missing, ${uncalled} may not be called`];
}

/** The phone in each line below the titles, by its digits. */
function phonesIn(csv: string) {
  const lines = csv.split('\r\n').slice(1).filter(Boolean);
  return lines.map((line) => (PHONE.exec(line)?.[0] ?? '').replace(/\D/g, ''));
}

async function inTurn<Item, Result>(items: Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
