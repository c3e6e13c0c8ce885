import { fileURLToPath } from 'node:url';
import { InvalidInput } from './errors.ts';

/** A bucket of an S3-compatible server, and where in it our keys begin. */
export interface S3Address {
  bucket: string;
  /** Before each key: empty, or ending in `/`. */
  prefix: string;
  /** Absent: what the SDK finds by itself, as in `AWS_REGION`. */
  region?: string;
  /** The server where it is not Amazon's: `https://host:port`. */
  endpoint?: string;
  /** Whether the bucket is named in the path instead of in the host name. */
  pathStyle: boolean;
}

export type FileStoreAddress = { kind: 'directory'; path: string } | ({ kind: 's3' } & S3Address);

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX_PART = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;
const REGION = /^[a-z0-9-]{1,40}$/;
const DEFAULT_REGION = 'us-east-1'; // other servers than Amazon's have one region, and mostly call it so

/** What `FILE_STORE_URL` names. Throws InvalidInput that says what to write instead. */
export function readFileStoreUrl(url: string): FileStoreAddress {
  const scheme = /^([a-z0-9]+):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'file') return { kind: 'directory', path: directoryOf(url) };
  if (scheme === 's3') return { kind: 's3', ...s3Of(url) };
  throw refused('must begin with file:/// or s3://');
}

function directoryOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw refused('must be an absolute path, as in file:///var/lib/muster/files');
  }
}

function s3Of(text: string): S3Address {
  const url = urlOf(text);
  if (url.username || url.password)
    throw refused('takes no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the host a role');
  if (!BUCKET.test(url.host)) throw refused('must name a bucket after s3://, as in s3://bucket/prefix');
  const settings = settingsOf(url);
  const endpoint = endpointOf(settings.get('endpoint'));
  const region = regionOf(settings.get('region')) ?? (endpoint === undefined ? undefined : DEFAULT_REGION);
  return {
    bucket: url.host,
    prefix: prefixOf(url.pathname),
    pathStyle: pathStyleOf(settings.get('pathStyle')) ?? endpoint !== undefined,
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
  };
}

function urlOf(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw refused('must look like s3://bucket/prefix?region=eu-central-1');
  }
}

function prefixOf(path: string): string {
  const parts = path.split('/').filter((part, at, all) => part !== '' || (at > 0 && at < all.length - 1));
  if (parts.length > 10 || !parts.every((part) => PREFIX_PART.test(part)))
    throw refused('must have a prefix of at most 10 names of letters, digits, ".", "_" and "-", separated by "/"');
  return parts.map((part) => `${part}/`).join('');
}

const KNOWN = ['endpoint', 'region', 'pathStyle'];

function settingsOf(url: URL): Map<string, string> {
  const settings = new Map(url.searchParams);
  const isOdd = [...settings.keys()].some((name) => !KNOWN.includes(name)) || settings.size < url.searchParams.size;
  if (isOdd || url.hash) throw refused(`may have ${KNOWN.join(', ')} after "?", each once, and nothing else`);
  return settings;
}

function endpointOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBare = url?.pathname === '/' && !url.search && !url.hash && !url.username && !url.password;
  if (isBare && ['http:', 'https:'].includes(url.protocol)) return url.origin;
  throw refused('must have an endpoint such as https://files.example.com:9000, without path or credentials');
}

function regionOf(text: string | undefined): string | undefined {
  if (text === undefined || REGION.test(text)) return text;
  throw refused('must have a region such as eu-central-1');
}

function pathStyleOf(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  throw refused('must have pathStyle=true or pathStyle=false');
}

const refused = (message: string) => new InvalidInput([{ field: 'FILE_STORE_URL', code: 'invalidUrl', message }]);
