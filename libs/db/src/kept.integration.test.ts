import { type Database } from '@muster/core/database';
import { costsOf } from '@muster/testing/costsOf';
import { insertCampaign, insertCompany, insertRow } from '@muster/testing/factories';
import { createTestDatabase, type TestDatabase } from '@muster/testing/testDatabase';
import { changedRules } from './campaignRules.ts';
import { cancelLateRuns } from './cancelLateRuns.ts';
import { dropPastReservations } from './dropPastReservations.ts';
import { failSilentRuns } from './failSilentRuns.ts';
import { giveUpUnusedFiles } from './giveUpUnusedFiles.ts';
import { dropOldAnswers } from './keptAnswers.ts';
import { openDatabase, type OpenDatabase } from './openDatabase.ts';
import { pastFiles } from './pastFiles.ts';
import { places } from './places.ts';
import { endedWithoutLog } from './runEvents.ts';
import { readRunGauges } from './runGauges.ts';
import { sweepDueSlots } from './slots.ts';
import { forgetTexts } from './sms/forgetTexts.ts';
import { dropPastShortLinks } from './sms/shortLinks.ts';
import { readTextGauges } from './sms/textGauges.ts';
import { taskRemains } from './taskRemains.ts';
import { tasks } from './tasks.ts';
import { tidyAlerts } from './tidyAlerts.ts';

// A table of what is kept below has hundreds of pages and more; what is found by an index, some for each company.
const FEW_PAGES = 60;
const KEPT = 20_000;

let database: TestDatabase;
let db: OpenDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  db = await openDatabase({ url: database.url, poolSize: 1, asLogin: true });
  const companyId = await insertCompany(db);
  await keep(await insertCampaign(db, { companyId, schedule: 'P P * * *' }));
  await insertRow(db, 'task', { id: 'IM-NEXT', companyId, kind: 'import', input: {} });
  await db.execute('vacuum analyze');
  await taskRemains(db).tidyDecisions(); // a connection that has done so knows the months, which are as many as they are
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

/** What a house leaves that has been up for a while: ended runs with their slots and alerts, tasks, files, answers, texts. */
async function keep(campaignId: string) {
  await db.execute(
    `insert into run (company_id, campaign_id, trigger, settings, status, finished_at, log_sealed_at, error_code)
     select company_id, id, 'schedule', '{}', case when n % 10 = 0 then 'failed' else 'succeeded' end, now(), now(),
       case when n % 10 = 0 then 'parked' end from campaign, generate_series(1, $2::int) n where id = $1`,
    [campaignId, KEPT],
  );
  for (const sql of [
    `run_step (run_id, name, ordinal, status) select id, 'query', 1, 'succeeded' from run`,
    `campaign_slot (campaign_id, due_date, due_at, state, run_id)
     select campaign_id, current_date - (row_number() over ())::int, now(), 'run', id from run`,
    `file (company_id, run_id, name, key, size_bytes, sha256) select company_id, id, 'x', 'k', 1, 'ab' from run`,
    `delivery (run_id, file, try, generation, state, remote_name, temporary_name, size_bytes, sha256)
     select id, 'x', 1, 1, 'delivered', 'x', 'x', 1, 'ab' from run`,
    `alert (company_id, campaign_id, kind, run_id, code, message, resolved_at)
     select company_id, campaign_id, 'run.parked', id, 'parked', 'parked', now() from run`,
    `kept_answer (company_id, key, fingerprint) select company_id, id, 'f' from run`,
    `reservation_set (company_id, run_id, theme, expires_at) select company_id, id, 'opsCollDebt', now() from run`,
    `task (id, company_id, kind, status, input, started_at, finished_at)
     select new_id('DL'), company_id, 'decisions', 'succeeded', '{}', now(), now() from run`,
    `task (id, company_id, kind, status, input, result, started_at, finished_at)
     select new_id('IM'), company_id, 'import', 'succeeded', '{}', jsonb_build_object('refusedFileId', id),
       now() - interval '60 days', now() - interval '60 days' from run`,
    `sms_post (company_id, kind, state, settled_at) select company_id, 'received', 'delivered', now() from run`,
    `sms_message (company_id, carrier_id, channel, msisdn, received_text, state, processed_at, post_guid)
     select company_id, guid, '1217', '4520123456', 'GIV', 'Processed', now(), guid from sms_post`,
    `sms_text (company_id, kind, message_guid, channel, msisdn, text, state, settled_at)
     select company_id, 'reply', guid, channel, msisdn, 'Thank you', 'sent', now() from sms_message`,
    `sms_short_link (code, company_id, url, expires_at)
     select lpad(n::text, 6, '0'), company_id, 'https://example.com', now() + interval '1 day'
     from (select company_id, row_number() over () as n from run) as one`,
  ])
    await db.execute(`insert into ${sql}`);
}

const claim = (on: Database) => tasks(on, { leaseMs: 60_000 }).claim({ queue: 'imports' });
const placesOf = (on: Database) => places(on, { placesPerCompany: 10, quietMs: 0 });

it.each<[string, (on: Database) => Promise<unknown>]>([
  ['places to be filled', (on) => placesOf(on).companiesWaiting()],
  ['rings that were lost', (on) => placesOf(on).quietRings()],
  ['runs without a log', endedWithoutLog],
  ['runs that nobody began', cancelLateRuns],
  ['runs of outside workers', (on) => failSilentRuns(on, { silentMs: 60_000 })],
  ['slots that have come', (on) => sweepDueSlots(on, { limit: 500 })],
  ['changed campaigns', (on) => changedRules(on, new Date(Date.now() - 60_000)).next()],
  ['answers to be forgotten', dropOldAnswers],
  ['alerts to be forgotten', tidyAlerts],
  ['reservations to be forgotten', dropPastReservations],
  ['files of runs', (on) => pastFiles(on).takeRuns()],
  ['files that are no run’s', giveUpUnusedFiles],
  ['figures', readRunGauges],
  ['figures of texts', readTextGauges],
  ['texts to be forgotten', forgetTexts],
  ['short links to be forgotten', dropPastShortLinks],
  ['the next task', claim],
  ['given-up tasks', (on) => taskRemains(on).endGivenUp()],
  ['answers of tasks', (on) => taskRemains(on).oldAnswers()],
  ['folders to be removed', (on) => taskRemains(on).oldFolders()],
  ['a folder that was removed', (on) => taskRemains(on).folderRemoved('CP-1/imports/IM-1/')],
  ['bulk loads to be forgotten', (on) => taskRemains(on).forgetImports()],
  ['decisions that were loaded', (on) => taskRemains(on).tidyDecisions()],
])('looks for %s without reading what is kept', async (_, look) => {
  const costs = await costsOf(db, look);
  expect(costs.filter(({ pages }) => pages > FEW_PAGES)).toEqual([]);
  expect(costs.length).toBeGreaterThan(0);
});

it('keeps no index of what each claim, heartbeat and checkpoint changes', async () => {
  const indexes = await db.query(
    `select indexrelid::regclass::text as name from pg_index
     where indrelid in ('run'::regclass, 'run_step'::regclass)
       and pg_get_indexdef(indexrelid) ~ '\\m(updated_at|lease_until|attempt|counts)\\M'`,
  );
  expect(indexes).toEqual([]);
});
