import { type Kind, tableOf } from '../companyObjects.ts';
import { type CompanyObject } from '../defineSchema.ts';
import { type CompanyDatabase } from '../openDatabase.ts';

/** An object of a person, by its names. */
export interface Named {
  key: string;
  id: string;
  externalId: string | null;
}

/** How a body names an object: our id or the company's own as a text, the displayId as a number. */
export type GivenName = string | number;

const DISPLAY_ID = /^[1-9]\d{0,17}$/;

/**
 * Finds the objects of a person that are named, in the order of the names; undefined where a name is none of them. A text
 * is first our id, then the company's own, then, of kinds that have them, a displayId in digits. Deleted ones are not there.
 */
export async function findNamed<Row extends CompanyObject>(
  db: CompanyDatabase,
  kind: Kind<Row>,
  { names, personKey }: { names: readonly GivenName[]; personKey: string },
): Promise<(Named | undefined)[]> {
  if (names.length === 0) return [];
  const texts = names.filter((name) => typeof name === 'string');
  const keys = kind.hasDisplayIds ? names.map(String).filter((name) => DISPLAY_ID.test(name)) : [];
  const found = await db.query<Named>(
    `select key, id, external_id as "externalId" from ${tableOf(kind)}
     where company_id = $1 and person_key = $2 and deleted_at is null
       and (id = any ($3::text[]) or external_id = any ($3::text[]) or key = any ($4::bigint[]))`,
    [db.companyId, personKey, texts, keys],
  );
  return names.map((name) => {
    const isNamed = (which: 'id' | 'externalId' | 'key') => found.find((object) => object[which] === String(name));
    const byKey = () => (kind.hasDisplayIds ? isNamed('key') : undefined);
    return typeof name === 'number' ? byKey() : (isNamed('id') ?? isNamed('externalId') ?? byKey());
  });
}
