import { insertRun } from '@muster/db/insertRun';
import { ledger } from '@muster/db/ledger';
import { openDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { places } from '@muster/db/places';
import { readRunSettings } from '@muster/db/runSettings';
import { runStore } from '@muster/db/runStore';
import { type RunNames, type RunWorker, type StepName } from '@muster/pipeline/run';
import { insertCampaign, insertCompany, insertExporter, type NewCampaign } from './factories.ts';
import { createTestDatabase } from './testDatabase.ts';

export const testLeaseMs = 60_000;

/** A database of its own with a company, and what is needed to start runs in it and to take their steps. */
export async function runBench(options: { leaseMs?: number; placesPerCompany?: number } = {}) {
  const database = await createTestDatabase();
  const db = await openDatabase({ url: database.url, poolSize: 8 });
  const companyId = await insertCompany(db);
  const { leaseMs = testLeaseMs, placesPerCompany = 10 } = options;
  return {
    db,
    url: database.url,
    companyId,
    runs: runStore(db, { leaseMs, holder: 'host-1, pid 11' }),
    places: places(db, { placesPerCompany, quietMs: 0 }),
    deliveries: ledger(db),
    startRun: (values: StartValues = {}) => startRun(db, { companyId, ...values }),
    /** Moves a run's step to where its lease has run out and nobody has taken it, as after a crash. */
    loseWorker: (runId: string, step: StepName) =>
      db.execute(
        `update run_step set lease_until = clock_timestamp() - interval '1 s' where run_id = $1 and name = $2`,
        [runId, step],
      ),
    /** What the lines of a run bear beside its id. */
    namesOf: async (runId: string) => {
      const [names] = await db.query<RunNames>(
        'select campaign_id as "campaignId", request_id as "requestId" from run where id = $1',
        [runId],
      );
      return names;
    },
    close: async () => {
      await db.close();
      await database.drop();
    },
  };
}

type StartValues = Partial<NewCampaign> & {
  override?: Record<string, unknown>[];
  withExporter?: boolean;
  worker?: RunWorker;
};

/** Starts a run of a new campaign, with an exporter and an SFTP server unless said otherwise. */
async function startRun(
  db: OpenDatabase,
  { override, withExporter = true, worker, ...values }: StartValues & { companyId: string },
) {
  const { companyId } = values;
  const contactExporterId = withExporter ? await insertExporter(db, { companyId }) : null;
  const sftpSettings = { host: 'sftp.example.com', username: 'muster', cdDir: null, hostKeyFingerprint: null };
  const defaults = { ...sftpSettings, fileNameTemplate: null, compression: 'none' };
  const campaignId = await insertCampaign(db, { contactExporterId, sftpSettings: defaults, ...values });
  return db.transaction(async (tx) => {
    const settings = { ...(await readRunSettings(tx, campaignId)), hasOverride: override !== undefined };
    return insertRun(tx, {
      settings,
      trigger: 'manual',
      scheduledFor: null,
      requestId: `asked-${campaignId}`,
      ...(override && { override: [JSON.stringify(override)] }),
      ...(worker && { worker }),
    });
  });
}
