import { type ContactExporterSettings } from '@muster/core/contactExporter';
import { type GuardSettings } from '@muster/core/guardSettings';

/** Where and how a run's files are dropped; the secrets are read when they are used. */
export interface SftpSettings {
  /** `sftp.acme.com` or `sftp.acme.com:23`. */
  host: string;
  username: string;
  cdDir: string | null;
  hostKeyFingerprint: string | null;
  fileNameTemplate: string | null;
  compression: 'none' | 'gzip';
}

/** What a run began with, stored with it: later changes of the campaign do not reach a run under way. */
export interface RunSettings {
  /** `guard`: absent in runs that began before it was kept. */
  company: { id: string; timeZone: string; guard?: GuardSettings };
  campaign: { id: string; externalId: string | null; name: string | null; redashQueryUrl: string | null };
  exporter: ContactExporterSettings | null;
  sftp: SftpSettings | null;
  /** Rows were handed in by the caller: the query is not asked. */
  hasOverride: boolean;
}

/** The secrets of a run's campaign, as they are now. */
export interface RunSecrets {
  redashApiKey: string | null;
  sftpPassword: string | null;
  sftpPrivateKey: string | null;
  sftpPassphrase: string | null;
  /** The host key seen first, where the settings name none. */
  pinnedHostKey: string | null;
}
