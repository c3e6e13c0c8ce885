/** What a log line may carry: ids of runs and campaigns, names, counts, codes. Never a row, a contact or a secret. */
export type LogFields = Record<string, string | number | boolean | null | undefined>;

/** Where a process tells what it does: one line per event, named in the dotted past tense. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  /** It healed itself. */
  warn(event: string, fields?: LogFields): void;
  /** A person must act now. */
  error(event: string, fields?: LogFields, error?: unknown): void;
  child(fields: LogFields): Log;
}
