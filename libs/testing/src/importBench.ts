import { openDatabase } from '@muster/db/openDatabase';
import { importRows } from '@muster/directory/imports/importRows';
import { type ImportFormat, type ImportKind, type ImportOptions } from '@muster/directory/imports/importInput';
import { insertCompany } from './factories.ts';
import { FakeFileStore } from './fakeFileStore.ts';
import { parseCsv } from './parseCsv.ts';
import { createTestDatabase } from './testDatabase.ts';

export interface LoadOptions extends Partial<ImportOptions> {
  format?: ImportFormat;
  companyId?: string;
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
    const deps = { db: all.forCompany(company), store };
    const input = { companyId: company, importId, kind, format, file };
    const result = await importRows(deps, input, { signal: new AbortController().signal, ...over });
    const csv = result.refusedFile && store.files.get(result.refusedFile.key)?.toString();
    const { refusedFile, ...counts } = result;
    return { ...counts, refusals: parseCsv(csv ?? '').slice(1), refusedFile };
  };
  return {
    ...{ all, companyId, otherId, store, load },
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
