import { findKeyProblem } from '@muster/adapters/sftp/credentials';
import { type Fault } from '@muster/core/errors';
import { type CampaignChange, type SecretName } from '@muster/db/campaigns';

/** Opens a stored secret; undefined where there is none. */
export type OpenStored = (name: SecretName) => string | undefined;

const PATIENCE_ROUNDS = 32; // the API answers nobody else meanwhile

/** What is wrong with a key or a passphrase that is given anew, together with what is stored: told now, not by the first upload. */
export function faultsOfKey(secrets: CampaignChange['secrets'], openStored: OpenStored): Fault[] {
  const isNew = typeof secrets.sftpPrivateKey === 'string';
  if (!isNew && (secrets.sftpPrivateKey === null || secrets.sftpPassphrase === undefined)) return [];
  const [privateKey, passphrase] = (['sftpPrivateKey', 'sftpPassphrase'] as const).map((name) =>
    secrets[name] === undefined ? openStored(name) : (secrets[name] ?? undefined),
  );
  const problem = findKeyProblem(
    { ...(privateKey !== undefined && { privateKey }), ...(passphrase !== undefined && { passphrase }) },
    PATIENCE_ROUNDS,
  );
  if (problem === undefined) return [];
  if (problem === 'key') return [{ field: 'sftpSettings.privateKey', code: 'keyUnusable', message: UNUSABLE }];
  const message =
    passphrase === undefined ? 'is missing: the private key is locked with one' : 'does not open the private key';
  return [{ field: 'sftpSettings.passphrase', code: 'passphraseWrong', message }];
}

const UNUSABLE =
  'cannot be read: give the whole key as ssh-keygen writes it (ssh-keygen -p -f <file> writes another format anew)';
