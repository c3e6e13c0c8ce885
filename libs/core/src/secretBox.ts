import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { InvalidInput, PermanentFailure } from './errors.ts';

/** All that is ever sealed, by table: what is not named here has no place, and what is, a rotation must know. */
export interface SealedColumns {
  campaign: 'redash_api_key' | 'sftp_password' | 'sftp_private_key' | 'sftp_passphrase';
  company: 'alertWebhook' | 'smsWebhook' | 'gateways.text' | 'gateways.mail' | 'gateways.payment';
  secret_key: 'proof';
}

/** Where a secret is kept. It is part of the seal: a sealed text that was moved elsewhere does not open. */
export interface SecretPlace {
  companyId: string;
  table: keyof SealedColumns;
  column: SealedColumns[keyof SealedColumns];
  recordId: string;
}

export interface SecretBox {
  /** Names the key without telling it; part of every sealed text, so that keys can be told apart. */
  readonly keyId: string;
  seal(secret: string, place: SecretPlace): string;
  /** Throws PermanentFailure `secretUnreadable` for a text that was altered, moved, or sealed with another key. */
  open(sealed: string, place: SecretPlace): string;
}

const CIPHER = 'aes-256-gcm';
const TAG = { authTagLength: 16 }; // without it Node 20 accepts a tag of four bytes
const IV_BYTES = 12;
const KEY_BYTES = 32;

/** Opens the box in which secrets are kept at rest. `key` is the base64 text of 32 random bytes. */
export function openSecretBox(options: { key: string }): SecretBox {
  const key = readKey(options.key);
  const keyId = createHash('sha256').update('muster secret key\0').update(key).digest('hex').slice(0, 12);
  return {
    keyId,
    seal(secret, place) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, key, iv, TAG).setAAD(describePlace(keyId, place));
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return ['v1', keyId, ...[iv, cipher.getAuthTag(), text].map((part) => part.toString('base64url'))].join('.');
    },
    open(sealed, place) {
      const [version, sealedWith, ...parts] = sealed.split('.');
      const [iv, tag, text] = parts.map((part) => Buffer.from(part, 'base64url'));
      if (version !== 'v1' || sealedWith !== keyId || !iv || !tag || !text) throw unreadable(place);
      try {
        const decipher = createDecipheriv(CIPHER, key, iv, TAG).setAAD(describePlace(keyId, place)).setAuthTag(tag);
        return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
      } catch {
        throw unreadable(place); // which part did not fit is nobody's business
      }
    },
  };
}

function readKey(text: string): Buffer {
  const key = Buffer.from(text, 'base64');
  if (key.length === KEY_BYTES && key.toString('base64').replace(/=+$/, '') === text.trim().replace(/=+$/, ''))
    return key;
  const message = 'must be 32 random bytes in base64, as "openssl rand -base64 32" makes them';
  throw new InvalidInput([{ field: 'secretKey', code: 'isSecretKey', message }]);
}

function describePlace(keyId: string, { companyId, table, column, recordId }: SecretPlace): Buffer {
  return Buffer.from(JSON.stringify([keyId, companyId, table, column, recordId]));
}

function unreadable({ table, column, recordId }: SecretPlace) {
  const message = `${column} of ${table} ${recordId} cannot be opened with this key: give the secret anew`;
  return new PermanentFailure('secretUnreadable', message);
}
