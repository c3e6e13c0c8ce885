import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { openDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { insertCompany } from '@muster/testing/factories';
import { createTestDatabase } from '@muster/testing/testDatabase';
import { seedDirectory } from './seedDirectory.ts';
import { pastDueQuery } from './seedLender.ts';

const referenceAt = new Date('2026-03-04T12:00:00Z');

async function seeded(use: (db: OpenDatabase, companyId: string) => Promise<void>) {
  const server = await createTestDatabase();
  const db = await openDatabase({ url: server.url, asLogin: true });
  try {
    const companyId = await insertCompany(db);
    await seedDirectory(db, { companyId, borrowers: 5000, seed: 1, referenceAt });
    await use(db, companyId);
  } finally {
    await db.close();
    await server.drop();
  }
}

async function fingerprint(db: OpenDatabase) {
  const to = new PassThrough();
  const [lines] = await Promise.all([
    text(to),
    db.copyOut(
      `copy (select p.external_id, first_name, last_name, date_of_birth, c.external_id, value, address_line1, d.channels
       from person p join contact c on c.person_key = p.key left join do_not_interact d on d.person_key = p.key
       order by c.external_id collate "C") to stdout`,
      to,
    ),
  ]);
  return lines;
}

it('makes borrowers, loans, contacts and histories, and a lender who finds a thousand of them past due', async () => {
  await seeded(async (db, companyId) => {
    const count = async (sql: string) => Number((await db.query<{ n: string }>(`select count(*) as n ${sql}`))[0]?.n);

    expect(await count('from person')).toBe(5000);
    expect(await count('from contact where external_id is null')).toBe(0);
    expect(await count(`from contact where contact_type = 'phone' and value !~ '^\\+1[2-9]\\d{2}55501\\d{2}$'`)).toBe(
      0,
    );
    expect(
      await count(`from interaction where started_at not between '2026-02-04T12:00Z' and '2026-03-04T12:00Z'`),
    ).toBe(0);
    expect(await count('from interaction')).toBeGreaterThan(5000);
    expect(await count('from do_not_interact')).toBeGreaterThan(100);
    expect(await count(`from consent where name = 'autodialedColl' and status = 'consented'`)).toBeGreaterThan(4300);
    expect(await count(`from consent where status = 'revoked'`)).toBeGreaterThan(100);
    const rows = await db.query<{ id: string | null; loanId: string | null }>(pastDueQuery);
    expect(rows.length).toBeGreaterThan(900);
    expect(rows.length).toBeLessThan(1200);
    expect(rows.filter(({ id }) => id === null)).toHaveLength(1);
    expect(rows.length - new Set(rows.map(({ id, loanId }) => `${id} ${loanId}`)).size).toBe(4);
    expect(await count(`from lender.loan_status where borrower_id not in (select key from person)`)).toBe(1);

    const before = await fingerprint(db);
    await seedDirectory(db, { companyId, borrowers: 5000, seed: 1, referenceAt });
    expect(await count('from person')).toBe(5000);
    await seeded(async (other) => {
      expect(await fingerprint(other)).toBe(before);
    });
  });
});
