import { refuseHost } from '@muster/adapters/addressGuard/refuseHost';
import { refuseUrl, type UrlRules } from '@muster/adapters/addressGuard/refuseUrl';
import { type Fault } from '@muster/core/errors';
import { parseSftpHost } from '@muster/core/sftpHost';
import { withoutAbsent } from '@muster/core/withoutAbsent';
import { type CampaignChange, type SecretName } from '@muster/db/campaigns';
import { type CampaignRow } from '@muster/db/schemas';
import { type SftpSettings } from '@muster/pipeline/runSettings';
import { type Faults } from '../collectFaults.ts';
import { faultsOfKey, type OpenStored } from './checkKey.ts';
import { type CampaignBody, MASK } from './dto.ts';

type Secrets = CampaignChange['secrets'];
type SftpChange = NonNullable<CampaignBody['sftpSettings']>;
/** What the rules ask beyond the body: where the operator lets us go, and what is stored. */
interface Outside extends UrlRules {
  openStored: OpenStored;
  /** What is wrong is added to them. */
  faults: Faults;
}

/**
 * What a campaign becomes when `body` is applied to what is stored (nothing, for a new one), unless it would break a rule
 * between the fields, which is added to `faults`: above all, no stored secret may be sent to a new place.
 */
export function settleCampaign(
  stored: CampaignRow | undefined,
  body: CampaignBody,
  { openStored, faults, ...rules }: Outside,
): CampaignChange {
  const sftp = settleSftp(stored, body.sftpSettings, faults);
  const secrets = { ...settleRedash(stored, body, faults), ...sftp.secrets };
  forbiddenPlaces(body, rules).forEach(faults.add);
  if (!faults.has('sftpSettings.privateKey', 'sftpSettings.passphrase')) {
    faultsOfKey(secrets, openStored).forEach(faults.add);
  }

  const { externalId, name, redashQueryUrl, schedule } = body;
  const values = { externalId, name, redashQueryUrl, schedule, ...sftp.values };
  return { values: withoutAbsent(values), secrets };
}

function settleRedash(stored: CampaignRow | undefined, body: CampaignBody, faults: Faults): Secrets {
  const { redashQueryUrl: url, redashApiKey: given } = body;
  if (given === MASK && stored?.redashApiKey == null) faults.add(onlyTheMask('redashApiKey'));
  const key = given === MASK ? undefined : given;
  const moves = typeof url === 'string' && originOf(url) !== originOf(stored?.redashQueryUrl);
  if (moves && key === undefined && stored?.redashApiKey != null) {
    faults.add(secretRequired('redashApiKey', 'the key would be sent to another server: give it in the same request'));
  }
  return withoutAbsent({ redashApiKey: key });
}

function settleSftp(stored: CampaignRow | undefined, change: SftpChange | null | undefined, faults: Faults) {
  if (change === undefined) return { values: {}, secrets: {} };
  if (change === null) {
    const secrets: Secrets = { sftpPassword: null, sftpPrivateKey: null, sftpPassphrase: null };
    return { values: { sftpSettings: null, sftpPinnedHostKey: null }, secrets };
  }
  const before = stored?.sftpSettings ?? undefined;
  const sftpSettings = mergeSftp(before, change, faults);
  const moves = before !== undefined && placeOf(before) !== placeOf(sftpSettings);
  const secrets = settleSftpSecrets(stored, change, { moves, faults });
  return { values: { sftpSettings, ...(moves && { sftpPinnedHostKey: null }) }, secrets };
}

function mergeSftp(before: SftpSettings | undefined, change: SftpChange, faults: Faults): SftpSettings {
  const merged = { ...before, ...withoutAbsent(change) };
  for (const name of ['host', 'username'] as const) {
    if (merged[name] !== undefined) continue;
    faults.add({ field: `sftpSettings.${name}`, code: 'required', message: 'is missing' });
  }
  return {
    host: merged.host ?? '',
    username: merged.username ?? '',
    cdDir: merged.cdDir ?? null,
    hostKeyFingerprint: merged.hostKeyFingerprint?.replace(/=$/, '') ?? null,
    fileNameTemplate: merged.fileNameTemplate ?? null,
    compression: merged.compression ?? 'none',
  };
}

const sftpSecrets = { password: 'sftpPassword', privateKey: 'sftpPrivateKey', passphrase: 'sftpPassphrase' } as const;

function settleSftpSecrets(
  stored: CampaignRow | undefined,
  change: SftpChange,
  { moves, faults }: { moves: boolean; faults: Faults },
): Secrets {
  const secrets: Secrets = {};
  const isSet = { password: false, privateKey: false, passphrase: false };
  for (const [name, column] of Object.entries(sftpSecrets) as [keyof typeof sftpSecrets, SecretName][]) {
    const given = change[name];
    const isStored = stored?.[column] != null;
    const field = `sftpSettings.${name}`;
    if (given === MASK && !isStored) faults.add(onlyTheMask(field));
    const secret = given === MASK ? undefined : given;
    if (secret !== undefined) secrets[column] = secret;
    isSet[name] = secret === undefined ? isStored : secret !== null;
    if (moves && secret === undefined && isStored && name !== 'passphrase') {
      faults.add(secretRequired(field, 'it would be sent to another server or user: give it in the same request'));
    }
  }
  if (isSet.password === isSet.privateKey && !faults.has('sftpSettings.password', 'sftpSettings.privateKey')) {
    const message = isSet.password
      ? 'give either a password or a private key, and null for the other one'
      : 'needs a password or a private key';
    faults.add({ field: 'sftpSettings.password', code: 'oneCredential', message });
  }
  if (!isSet.privateKey && isSet.passphrase && !faults.has('sftpSettings.privateKey')) {
    if (change.privateKey === null && change.passphrase === undefined) secrets.sftpPassphrase = null;
    else
      faults.add({
        field: 'sftpSettings.passphrase',
        code: 'passphraseAlone',
        message: 'belongs to a private key, and there is none',
      });
  }
  return secrets;
}

/** Places that the operator lets nobody be sent to, as far as their spelling tells: the worker checks what they resolve to. */
function forbiddenPlaces({ redashQueryUrl, sftpSettings }: CampaignBody, rules: UrlRules): Fault[] {
  const url = typeof redashQueryUrl === 'string' ? refuseUrl(redashQueryUrl, rules) : undefined;
  const place = sftpSettings?.host === undefined ? undefined : parseSftpHost(sftpSettings.host);
  const server = place && refuseHost({ scheme: 'sftp', ...place }, rules.allow);
  return [
    ...(url ? [{ field: 'redashQueryUrl', ...url }] : []),
    ...(server ? [{ field: 'sftpSettings.host', ...server }] : []),
  ];
}

/** Where a key would be sent: scheme, host and port. */
function originOf(url: string | null | undefined) {
  return typeof url === 'string' ? new URL(url).origin : undefined;
}

/** Where, and for whom, a password would be sent. */
function placeOf({ host, username }: SftpSettings) {
  const { host: name, port } = parseSftpHost(host) ?? { host, port: 0 };
  return JSON.stringify([name, port, username]);
}

function onlyTheMask(field: string): Fault {
  return secretRequired(field, `is only the mask ${MASK}, and nothing is stored: give the secret itself`);
}

function secretRequired(field: string, message: string): Fault {
  return { field, code: 'secretRequired', message };
}
