import { codeOf } from '@muster/core/errors';

// Class 08: connection; 53: out of connections or room; 57P: shutting down; 40, 55P03: lost a race for a lock.
const SQL_STATES = /^(08...|53...|57P0[1-5]|40001|40P01|55P03|57014)$/;
const SYSTEM_CODES = /^(ECONN|EPIPE|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENETUNREACH|ENOENT$)/;
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered|Client was closed|Driver not Connected)/;

/** Whether an error means that the database cannot be asked just now, and may be later. */
export function isDatabaseAway(error: unknown): boolean {
  const code = codeOf(error) ?? codeOf((error as { driverError?: unknown } | null)?.driverError);
  if (code !== undefined && SQL_STATES.test(code)) return true;
  if (code !== undefined && SYSTEM_CODES.test(code)) return true;
  if ((error as { errors?: unknown[] } | null)?.errors?.some(isDatabaseAway)) return true; // one per address tried
  return MESSAGES.test(String((error as { message?: unknown } | null)?.message));
}
