import { type Readable, type Writable } from 'node:stream';
import { type ContactExporterSettings } from '@muster/core/contactExporter';
import { type GuardSettings } from '@muster/core/guardSettings';
import { type OutsideAnswer, type OutsideCheck } from './outsideGuard.ts';

/** A saved query on a Redash server, and the key to execute it with. */
export interface RedashQuery {
  /** `https://{domain}/queries/{queryId}`, as the campaign names it. */
  url: string;
  apiKey: string;
}

/** What a query gave: how many rows, and the names of its columns in order. */
export interface QueryResult {
  rows: number;
  columns: string[];
}

/**
 * Where a campaign's rows come from. `fetchRows` executes the query afresh (never a cached result) and writes all of its
 * rows to `to` as CSV: header line, RFC 4180 quoting, CRLF, null as an empty cell and an empty string as `""`, integers
 * exact, nested values as JSON. It ends `to` only when the answer was whole; a short answer is a failure, never a
 * shorter list. Throws TemporaryFailure where trying again can help, PermanentFailure with what to mend where it cannot.
 */
export interface QuerySource {
  fetchRows(query: RedashQuery, to: Writable, signal: AbortSignal): Promise<QueryResult>;
}

/** An SFTP server and how to log in there. Exactly one of `password` and `privateKey` is set. */
export interface SftpAddress {
  host: string;
  port: number;
  username: string;
  password?: string;
  privateKey?: string;
  passphrase?: string;
  /** Entered first, as written by the server. */
  directory?: string;
  /** `SHA256:…` of the host key that must be shown; absent: whatever is shown is reported, for pinning. */
  hostKeyFingerprint?: string;
}

/** A server where files are dropped. Host keys are checked before any credential is sent. */
export interface Destination {
  connect(address: SftpAddress, signal: AbortSignal): Promise<RemoteDirectory>;
}

/**
 * An open connection, standing in the address's directory. Names are plain file names. Every call ends in bounded
 * time: no answer is a TemporaryFailure (`sftpUnreachable`); a refusal in words is a PermanentFailure, except a full
 * disk or quota, which is temporary.
 */
export interface RemoteDirectory {
  /** The key that the server showed, `SHA256:…`. */
  readonly hostKeyFingerprint: string;
  /** Writes a local file under `name`, replacing an earlier file of that name. Its end proves nothing: look at the size. */
  upload(localPath: string, name: string, signal: AbortSignal): Promise<void>;
  /** The size of a file, or undefined where there is none. */
  find(name: string): Promise<{ sizeBytes: number } | undefined>;
  /** Plain rename. Refused by the server in words: PermanentFailure `renameRefused`. No answer: TemporaryFailure `sftpUnreachable`. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; one that is not there is fine. */
  remove(name: string): Promise<void>;
  /** Gives the connection back. Never throws. */
  close(): Promise<void>;
}

/** A file as it lies in the store: never changed afterwards. */
export interface SealedFile {
  key: string;
  sizeBytes: number;
  /** Hexadecimal. */
  sha256: string;
}

/** A file being written: under a temporary name until it is sealed. */
export interface NewFile {
  readonly stream: Writable;
  /** Waits for the stream's end, makes the bytes durable and gives them their key. Throws where the stream failed. */
  seal(): Promise<SealedFile>;
  /** Ends the writing and removes what there is. Never throws; harmless after `seal`. */
  discard(): Promise<void>;
}

/**
 * Where a run's files are kept, chosen by `FILE_STORE_URL`. Keys are `a/b/c` of `[A-Za-z0-9._-]`, made by us. While the place
 * itself is away, whatever is asked is a TemporaryFailure `fileStoreMissing`: nothing passes for removed, or for never written.
 */
export interface FileStore {
  create(key: string): Promise<NewFile>;
  /** The bytes, or those from `start` to `end` (both inclusive). Throws NotFound `fileNotFound`. */
  read(key: string, range?: { start: number; end: number }): Promise<Readable>;
  /** Calls `use` with the path of a local copy, which may be gone afterwards. */
  withLocalCopy<Result>(key: string, use: (path: string) => Promise<Result>): Promise<Result>;
  /** Removes everything whose key begins with `prefix`, which ends in `/`. */
  removeAll(prefix: string): Promise<void>;
  /** Removes what was begun before a moment and neither sealed nor discarded, as after a crash; gives how many there were. */
  removeUnfinished(before: Date): Promise<number>;
}

/** Whose rows are worked on: a run, and the attempt that does it, so that two attempts never share a table. */
export interface AudienceScope {
  runId: string;
  companyId: string;
  attempt: number;
}

/** What became of the query's rows. `rows = invalid + duplicate + unknownBorrower + goOn`, exactly. */
export interface InputCounts {
  rows: number;
  invalid: number;
  duplicate: number;
  unknownBorrower: number;
  goOn: number;
}

/**
 * What became of the rows that go on and of their contacts. `goOn = noContact + matched` counts rows;
 * `contacts = exported + the sum of screenedOut` counts contacts, each under its first reason.
 */
export interface MatchCounts {
  noContact: number;
  matched: number;
  contacts: number;
  screenedOut: Record<string, number>;
  exported: number;
}

/** What matching needs to know beside the rows. */
export interface Matching {
  exporter: ContactExporterSettings;
  run: { id: string; campaignId: string; startedAt: Date };
  timeZone: string;
  guard: GuardSettings;
  /** The query's columns, in order: `query.<column>` must be one of them. */
  queryColumns: string[];
  now: Date;
}

/** How an outside guard is asked about some thousand checks at once: answers by their refs, and what is missing is a no. */
export interface OutsideAsking {
  ask(checks: OutsideCheck[]): Promise<ReadonlyMap<string, OutsideAnswer>>;
  signal: AbortSignal;
}

/** How many contacts an outside guard was asked about, and how many of them it allows. */
export interface OutsideCounts {
  asked: number;
  allowed: number;
}

/** What matching has left. */
export interface Matched {
  counts: MatchCounts;
  cache: MatchCache;
  /** The rule packs by which contacts were judged, each with its version: `reg-f 1`; none where nobody is screened. */
  rulePacks: string[];
}

/** The name of the cache that `match` left: a table with a marker row that vanishes when PostgreSQL has emptied it. */
export interface MatchCache {
  table: string;
  marker: string;
}

/**
 * The query's rows and the contacts that match them, worked on as sets in the database. Methods that write a file end
 * `to` and give the number of data rows in it; the same input gives the same bytes. A file that is closed before its end
 * breaks off the work on it, whatever that waits for.
 */
export interface Audience {
  /** Takes in `query_results.csv`, checks every row, drops duplicates and looks the borrowers up. Throws PermanentFailure
   *  `columnMissing`, `ambiguousColumn` or `badValue`, naming the column and the first bad line. */
  load(scope: AudienceScope, csv: Readable, signal: AbortSignal): Promise<InputCounts & { columns: string[] }>;
  /** Writes `campaign_input.csv`: the rows that go on, with the query's columns as they came. */
  writeInput(scope: AudienceScope, to: Writable): Promise<number>;
  /** Has an outside guard judge each contact that our own rules let through, before `match` where the company names one;
   *  reserves nothing. What `ask` throws leaves nobody excluded. */
  askOutside(scope: AudienceScope, matching: Matching, asking: OutsideAsking): Promise<OutsideCounts>;
  /** Matches and screens all contacts of all rows in one statement, into the cache. Where the company names an outside
   *  guard, what that has not allowed is refused. */
  match(scope: AudienceScope, matching: Matching, signal: AbortSignal): Promise<Matched>;
  /** Writes `exclusions.csv`: rows and contacts left out, with all their reason codes; never a contact's value. */
  writeExclusions(scope: AudienceScope, to: Writable): Promise<number>;
  /** Writes the internal `matches.csv`, from which the cache can be made again. */
  writeMatches(cache: MatchCache, to: Writable): Promise<number>;
  /** Whether the cache still holds what `match` left. */
  holds(cache: MatchCache, signal: AbortSignal): Promise<boolean>;
  /** Makes a cache again from `matches.csv`. */
  restore(scope: AudienceScope, matching: Matching, matches: Readable): Promise<MatchCache>;
  /** Writes `contacts_output.csv` as the exporter's columns say, with the formula guard. */
  writeContacts(cache: MatchCache, matching: Matching, to: Writable): Promise<number>;
  /** Drops whatever tables there are of this run, of any attempt. */
  drop(runId: string): Promise<void>;
  /** The same, without waiting for it, and together with others; what fails is left to `dropEnded`. */
  dropSoon(runId: string): void;
  /** Drops the tables of runs that have ended, whoever was to do so; gives the number of runs. Throws, once it has tried
   *  them all, where one could not be dropped. */
  dropEnded(): Promise<number>;
}
