import { type Refusal } from './fields.ts';

export interface SftpHost {
  host: string;
  port: number;
}

const DEFAULT_PORT = 22;
const FORM = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?))(?::(\d{1,5}))?$/;

/** Reads `sftp.acme.com`, `sftp.acme.com:23` or `[::1]:23`; undefined for what is no host. */
export function parseSftpHost(text: string): SftpHost | undefined {
  const [, address, name, digits] = FORM.exec(text) ?? [];
  const host = address ?? name;
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host: host.toLowerCase(), port };
}

/** What is wrong with a text as the host of an SFTP server. */
export function refuseSftpHost(text: string): Refusal | undefined {
  if (parseSftpHost(text)) return undefined;
  return { code: 'isSftpHost', message: 'must be a host name, with a port where it is not 22: sftp.acme.com:23' };
}
