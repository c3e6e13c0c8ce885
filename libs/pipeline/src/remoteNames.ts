import { type Run } from './run.ts';

/** The two files that leave the house. */
export type RemoteKind = 'contacts' | 'log';

/**
 * The name of a run's file on the SFTP server (contract: campaigns, "SFTP delivery"): the campaign's template, or
 * `campaign_<campaignId>_run_<runId>_<YYYYMMDDTHHMMSSZ>_<kind>`; the time is the run's start in UTC, in these very letters
 * where it has not started; the extension is ours.
 */
export function remoteName(run: Omit<Run, 'startedAt'> & { startedAt: Date | null }, kind: RemoteKind): string {
  const { sftp, campaign } = run.settings;
  const time = run.startedAt ? compact(run.startedAt) : 'YYYYMMDDTHHMMSSZ';
  const template = sftp?.fileNameTemplate ?? 'campaign_{campaignId}_run_{runId}_{time}_{kind}';
  const values: Record<string, string> = {
    campaignId: run.campaignId,
    externalId: campaign.externalId ?? '',
    runId: run.id,
    date: time.slice(0, 8),
    time, // the whole moment: `P` gives a campaign the same hour, minute and second every day
    kind,
  };
  const stem = template.replaceAll(/\{(\w+)\}/g, (token, name: string) => values[name] ?? token);
  return `${plain(stem)}${extension(kind, sftp?.compression ?? 'none')}`;
}

function extension(kind: RemoteKind, compression: 'none' | 'gzip') {
  if (kind === 'log') return '.txt';
  return compression === 'gzip' ? '.csv.gz' : '.csv';
}

/** 2026-11-22T10:20:30.123Z -> 20261122T102030Z */
function compact(at: Date) {
  return `${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** A file name and nothing else: whatever a server might read as a path or a command becomes `_`. */
function plain(name: string) {
  return name.replaceAll(/[^A-Za-z0-9._ -]/g, '_').replace(/^[.\s-]+/, '_');
}
