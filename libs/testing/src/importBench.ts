import { InvalidInput } from '@muster/core/errors';
import { openDatabase } from '@muster/db/openDatabase';
import { importRows } from '@muster/directory/imports/importRows';
import { type ImportFormat, type ImportKind, type ImportOptions } from '@muster/directory/imports/importInput';
import { type FileStore } from '@muster/pipeline/ports';
import { insertCompany } from './factories.ts';
import { FakeFileStore } from './fakeFileStore.ts';
import { parseCsv } from './parseCsv.ts';
import { createTestDatabase } from './testDatabase.ts';

export interface LoadOptions extends Partial<ImportOptions> {
  format?: ImportFormat;
  companyId?: string;
  /** Where the file is read from, if not from where the bench keeps it. */
  store?: FileStore;
}

/** A migrated database with two companies, and files that are loaded into the directory of the first. */
export async function importBench() {
  const server = await createTestDatabase();
  const all = await openDatabase({ url: server.url });
  const [companyId, otherId] = [await insertCompany(all), await insertCompany(all)];
  const store = new FakeFileStore();
  let imports = 0;

  const load = async (kind: ImportKind, body: string | Buffer, { format = 'csv', ...over }: LoadOptions = {}) => {
    const importId = `IM-TEST-${++imports}`;
    const company = over.companyId ?? companyId;
    const file = await keep(store, `${company}/imports/${importId}/body`, Buffer.from(body));
    const deps = { db: all.forCompany(company), store: over.store ?? store };
    const input = { companyId: company, importId, kind, format, file };
    const result = await importRows(deps, input, { signal: new AbortController().signal, ...over });
    const csv = result.refusedFile && store.files.get(result.refusedFile.key)?.toString();
    const { refusedFile, ...counts } = result;
    return { ...counts, refusals: parseCsv(csv ?? '').slice(1), refusedFile };
  };
  return {
    ...{ all, companyId, otherId, store, load },
    /** The refusals of a load, each as `line code field`. */
    refusals: async (...loading: Parameters<typeof load>) =>
      (await load(...loading)).refusals.map(([line, code, field]) => `${line} ${code} ${field}`),
    /** The faults of a file that is refused as such, each as `field code`. */
    faults: async (...loading: Parameters<typeof load>) => faultsOf(load(...loading)),
    rowOf: async (table: string, externalId: string) =>
      (await all.query(`select * from ${table} where external_id = $1`, [externalId]))[0],
    countOf: async (table: string) => Number((await all.query(`select count(*) from ${table}`))[0]?.['count']),
    scratchTables: () => all.query(`select tablename from pg_tables where schemaname = 'scratch'`),
    close: async () => {
      await all.close();
      await server.drop();
    },
  };
}
export type ImportBench = Awaited<ReturnType<typeof importBench>>;

async function keep(store: FakeFileStore, key: string, body: Buffer) {
  const file = await store.create(key);
  file.stream.end(body);
  return file.seal();
}

/** Lines of CSV. */
export const csvOf = (...lines: string[]) => `${lines.join('\r\n')}\r\n`;

/** Objects, one a line. */
export const ndjsonOf = (...rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n');

async function faultsOf(loading: Promise<unknown>): Promise<string[]> {
  try {
    await loading;
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.faults.map(({ field, code }) => `${field} ${code}`);
  }
}
