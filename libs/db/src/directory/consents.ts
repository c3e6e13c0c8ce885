import { type ConsentName, consentNames, type ConsentStatus, defaultConsents } from '@muster/core/directory';
import { type CompanyDatabase } from '../openDatabase.ts';

/** What a person has agreed to, by name. */
export interface Consent {
  name: ConsentName;
  status: ConsentStatus;
}

/** All consents of a person, in their order: those that are not on record as they are by default. */
export async function listConsents(db: CompanyDatabase, personKey: string): Promise<Consent[]> {
  const rows = await db.query<Consent>('select name, status from consent where company_id = $1 and person_key = $2', [
    db.companyId,
    personKey,
  ]);
  const stored = new Map(rows.map(({ name, status }) => [name, status]));
  return consentNames.map((name) => ({ name, status: stored.get(name) ?? defaultConsents[name] }));
}

/** Records the consents that are named, and leaves the others. Lock the person before. */
export async function recordConsents(tx: CompanyDatabase, personKey: string, consents: readonly Consent[]) {
  await tx.execute(
    `insert into consent (company_id, person_key, name, status)
     select $1, $2, name, status from unnest($3::text[], $4::text[]) as given (name, status)
     on conflict (person_key, name) do update set status = excluded.status, updated_at = now()
     where consent.status <> excluded.status`,
    [tx.companyId, personKey, consents.map(({ name }) => name), consents.map(({ status }) => status)],
  );
}
