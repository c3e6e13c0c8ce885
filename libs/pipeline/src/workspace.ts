import { type Readable, type Writable } from 'node:stream';
import { type FileStore, type NewFile, type SealedFile } from './ports.ts';
import { type Run, type RunFile } from './run.ts';
import { type Lease, type NamedFile, type Runs } from './runs.ts';

/** A step's files: it sees what it declared, and what it writes is seen by nobody until it is sealed. */
export interface Workspace {
  create(name: RunFile): Promise<Writable>;
  read(name: RunFile): Promise<Readable>;
  /** The size and hash of a file of an earlier step. */
  find(name: RunFile): Promise<SealedFile>;
  /** Calls `use` with the path of a local copy of a sealed file. */
  withLocalCopy<Result>(file: SealedFile, use: (path: string) => Promise<Result>): Promise<Result>;
  /** Seals one file already now, for a step that hands it on itself. */
  seal(name: RunFile): Promise<SealedFile>;
  /** Seals all that was created. */
  sealAll(): Promise<NamedFile[]>;
  /** Removes whatever was not sealed. Never throws. */
  discard(): Promise<void>;
}

interface Attempt {
  lease: Lease;
  files: DeclaredFiles;
}

interface WorkspaceDeps {
  store: FileStore;
  runs: Pick<Runs, 'fileOf'>;
}

/** The files that a step declares. */
export interface DeclaredFiles {
  reads?: RunFile[];
  writes?: RunFile[];
}

/** Opens the files of one step attempt. Its keys carry the attempt: what a lost attempt wrote disturbs nobody. */
export function openWorkspace({ store, runs }: WorkspaceDeps, run: Run, { lease, files }: Attempt): Workspace {
  const folder = folderOf(run, `${lease.step}-${lease.attempt}`);
  const open = new Map<RunFile, NewFile>();
  const sealed = new Map<RunFile, NamedFile>();

  const seal = async (name: RunFile) => {
    const file = open.get(name);
    if (!file) throw new Error(`${name} was not created`);
    const entry = { name, ...(await file.seal()) };
    open.delete(name);
    sealed.set(name, entry);
    return entry;
  };
  const find = (name: RunFile) => {
    if (!files.reads?.includes(name)) throw new Error(`step ${lease.step} does not declare that it reads ${name}`);
    return runs.fileOf(run, name);
  };
  return {
    create: async (name) => {
      if (!files.writes?.includes(name)) throw new Error(`step ${lease.step} does not declare that it writes ${name}`);
      const file = await store.create(`${folder}${name}`);
      open.set(name, file);
      return file.stream;
    },
    find,
    read: async (name) => store.read((await find(name)).key),
    withLocalCopy: (file, use) => store.withLocalCopy(file.key, use),
    seal,
    sealAll: async () => {
      for (const name of [...open.keys()]) await seal(name);
      return [...sealed.values()];
    },
    discard: async () => {
      for (const file of open.values()) await file.discard();
    },
  };
}

/** The folder in the file store of one attempt of a run, or of whatever `part` names. */
export function folderOf({ companyId, id, generation }: Run, part: string): string {
  return `${companyId}/${id}/${generation}-${part}/`;
}
