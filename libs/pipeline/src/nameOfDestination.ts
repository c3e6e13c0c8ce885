import { type SftpSettings } from './runSettings.ts';

/** Where a run's files go, in the words of messages: whoever is told to ask there must know where that is. */
export function nameOfDestination(sftp: Pick<SftpSettings, 'host' | 'cdDir'> | null): string {
  if (!sftp) return 'the server';
  return `${sftp.host}, ${sftp.cdDir === null ? 'where its login leads' : `directory ${sftp.cdDir}`}`;
}
