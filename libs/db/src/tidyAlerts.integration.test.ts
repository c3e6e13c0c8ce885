import { insertCampaign, insertRow } from '@muster/testing/factories';
import { runBench } from '@muster/testing/runBench';
import { tidyAlerts } from './tidyAlerts.ts';

it('removes what was resolved a year ago and is told to everybody, and nothing that is open', async () => {
  const { db, companyId, close } = await runBench();
  const campaignId = await insertCampaign(db, { companyId });
  const day = 24 * 3_600_000;
  const raise = (message: string, over: object) =>
    insertRow(db, 'alert', { companyId, campaignId, kind: 'slot.missed', code: 'missed', message, ...over });
  const before = (days: number) => new Date(Date.now() - days * day);
  await raise('past', { resolvedAt: before(366), webhook: 'delivered' });
  await raise('past, given up', { resolvedAt: before(366), webhook: 'dead' });
  await raise('past, to be told', { resolvedAt: before(366), webhook: 'pending' });
  await raise('resolved', { resolvedAt: before(364) });
  await raise('open', { createdAt: before(1_000) });

  expect(await tidyAlerts(db)).toBe(2);

  const left = await db.query<{ message: string }>('select message from alert order by message');
  expect(left.map(({ message }) => message)).toEqual(['open', 'past, to be told', 'resolved']);
  await close();
});

it('closes what was raised for a campaign that is deleted, but for a delivery in doubt', async () => {
  const { db, companyId, close } = await runBench();
  const campaignId = await insertCampaign(db, { companyId });
  await db.execute('update campaign set deleted_at = now() where id = $1', [campaignId]);
  const raise = (kind: string) =>
    insertRow(db, 'alert', { companyId, campaignId, kind, code: kind, message: 'told as its last run ended' });
  await raise('run.parked');
  await raise('slot.missed');
  await raise('delivery.unknown');

  await tidyAlerts(db);

  const open = await db.query<{ kind: string }>('select kind from alert where resolved_at is null');
  expect(open).toEqual([{ kind: 'delivery.unknown' }]);
  await close();
});
