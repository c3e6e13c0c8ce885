import { randomUUID } from 'node:crypto';
import { type Database } from '@muster/core/database';
import { insertRow } from '@muster/testing/factories';
import { type FakeFileStore } from '@muster/testing/fakeFileStore';

const SOME = 2;

interface World {
  db: Database;
  files: FakeFileStore;
}

/** Ends some of a company's runs as workers would: failed, with a log, some of them in doubt about their delivery. */
export async function playWorker({ db, files }: World, companyId: string): Promise<void> {
  const failed = await db.query<{ id: string }>(
    `update run set status = 'failed', finished_at = now(), error_step = 'upload', error_code = 'sftpRefused',
       error_message = 'the server refused'
     where id in (select id from run where company_id = $1 and worker = 'own' and status in ('pending', 'running') order by id limit $2)
     returning id`,
    [companyId, SOME],
  );
  for (const { id: runId } of failed) {
    await leaveFile({ db, files }, { companyId, runId, name: 'log.txt' });
    if (runId.charCodeAt(runId.length - 1) % 2 === 0) await leaveDoubt({ db, files }, { companyId, runId });
  }
}

async function leaveFile({ db, files }: World, of: { companyId: string; runId: string; name: string }) {
  const [there] = await db.query('select 1 from file where run_id = $1 and name = $2', [of.runId, of.name]);
  if (there) return;
  const file = await files.create(`${of.runId}/${randomUUID()}`);
  file.stream.end('some lines\n');
  const sealed = await file.seal();
  await insertRow(db, 'file', { ...of, ...sealed });
}

/** A file that went out, and nobody knows whether it has arrived. */
async function leaveDoubt(world: World, { companyId, runId }: { companyId: string; runId: string }) {
  const name = 'contacts_output.csv';
  await leaveFile(world, { companyId, runId, name });
  const [there] = await world.db.query('select 1 from delivery where run_id = $1', [runId]);
  if (there) return;
  const names = { file: name, remoteName: `${runId}.csv`, temporaryName: `.${runId}.part` };
  const values = { runId, ...names, try: 1, generation: 1, state: 'unknown', sizeBytes: 11, sha256: 'a'.repeat(64) };
  await insertRow(world.db, 'delivery', values);
}
