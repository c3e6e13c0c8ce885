import { type Database } from '@muster/core/database';
import { Conflict, PermanentFailure } from '@muster/core/errors';
import { type SealedColumns, type SecretPlace } from '@muster/core/secretBox';
import { type KeyChange, replaceProof } from './proveSecretKey.ts';

type Table = Exclude<keyof SealedColumns, 'secret_key'>;

/** How the sealed texts of a table are read, by the column that they are sealed to, and written back from `fresh.texts`. */
interface SealedTable<Column extends string = string> {
  companyId: string;
  read: Record<Column, string>;
  write: string;
}

const tables: { [Name in Table]: SealedTable<SealedColumns[Name]> } = {
  campaign: {
    companyId: 'company_id',
    read: {
      redash_api_key: 'redash_api_key',
      sftp_password: 'sftp_password',
      sftp_private_key: 'sftp_private_key',
      sftp_passphrase: 'sftp_passphrase',
    },
    write: `redash_api_key = fresh.texts ->> 'redash_api_key', sftp_password = fresh.texts ->> 'sftp_password',
      sftp_private_key = fresh.texts ->> 'sftp_private_key', sftp_passphrase = fresh.texts ->> 'sftp_passphrase'`,
  },
  company: {
    companyId: 'id',
    read: {
      alertWebhook: `alert_webhook ->> 'secret'`,
      smsWebhook: `sms_webhook ->> 'secret'`,
      'gateways.text': `gateways #>> '{text,secret}'`,
      'gateways.mail': `gateways #>> '{mail,secret}'`,
      'gateways.payment': `gateways #>> '{payment,secret}'`,
    },
    write: `alert_webhook = jsonb_set(alert_webhook, '{secret}', fresh.texts -> 'alertWebhook', false),
      sms_webhook = jsonb_set(sms_webhook, '{secret}', fresh.texts -> 'smsWebhook', false),
      gateways = jsonb_set(jsonb_set(jsonb_set(gateways, '{text,secret}', fresh.texts -> 'gateways.text', false),
        '{mail,secret}', fresh.texts -> 'gateways.mail', false), '{payment,secret}', fresh.texts -> 'gateways.payment', false)`,
  },
};

const ROWS_AT_ONCE = 500;

/**
 * Seals every secret anew, with another key, and makes that the one that processes start with; gives how many there were. All
 * or nothing. Throws Conflict `sameSecretKey` or `alreadyRotated`, PermanentFailure `wrongSecretKey` or `secretUnreadable`.
 */
export async function rotateSecretKey(db: Database, change: KeyChange): Promise<number> {
  if (change.from.keyId === change.to.keyId)
    throw new Conflict('sameSecretKey', 'the old and the new key are the same; nothing was changed');
  return db.transaction(async (tx) => {
    // whoever is writing a secret ends first, and whoever comes then is held against the new key (migration `rotation`)
    await tx.execute(`lock table ${Object.keys(tables).join(', ')} in exclusive mode`);
    await replaceProof(tx, change);
    let count = 0;
    for (const table of Object.keys(tables) as Table[]) count += await resealTable(tx, change, table);
    return count;
  });
}

type Texts = Record<string, string | null>;

interface SealedRow {
  id: string;
  companyId: string;
  texts: Texts;
}

async function resealTable(tx: Database, change: KeyChange, table: Table) {
  const { companyId, read, write }: SealedTable = tables[table];
  const named = Object.entries(read).map(([column, text]) => `'${column}', ${text}`);
  const next = `select id, ${companyId} as "companyId", jsonb_build_object(${named.join(', ')}) as texts
    from ${table} where id > $1 and coalesce(${Object.values(read).join(', ')}) is not null order by id limit ${ROWS_AT_ONCE}`;
  let [count, after] = [0, ''];
  for (;;) {
    const rows = await tx.query<SealedRow>(next, [after]);
    const last = rows.at(-1);
    if (!last) return count;
    const fresh = rows.map((row) => ({ id: row.id, texts: resealRow(change, table, row) }));
    await tx.execute(
      `update ${table} set ${write} from jsonb_to_recordset($1) as fresh (id text, texts jsonb) where ${table}.id = fresh.id`,
      [JSON.stringify(fresh)],
    );
    count += fresh.flatMap(({ texts }) => Object.values(texts)).filter((text) => text !== null).length;
    after = last.id;
  }
}

function resealRow(change: KeyChange, table: Table, { id, companyId, texts }: SealedRow): Texts {
  const fresh = Object.entries(texts).map(([name, sealed]) => {
    const column = name as SealedColumns[Table];
    return [column, sealed === null ? null : reseal(change, sealed, { companyId, table, column, recordId: id })];
  });
  return Object.fromEntries(fresh) as Texts;
}

function reseal({ from, to }: KeyChange, sealed: string, place: SecretPlace) {
  try {
    return to.seal(from.open(sealed, place), place);
  } catch (cause) {
    const { table, column, recordId } = place;
    const message = `${column} of ${table} ${recordId} does not open with the old key: give that secret anew, or take it away`;
    throw new PermanentFailure('secretUnreadable', `${message}; nothing was changed`, { cause });
  }
}
