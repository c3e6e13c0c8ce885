import { localTime } from '@muster/core/localTime';

/**
 * A moment as the SMS API writes it, by the clock of the organisation's zone: `2026-03-05 18:00:00 +0100` (contract:
 * sms-inbound, "Conventions"). `timeZone` is an IANA name; parts of a second are cut off.
 */
export function smsTimestamp(instant: Date, timeZone: string): string {
  const [date = '', time = ''] = localTime(instant, timeZone).split('T'); // 2026-03-05T18:00:00+01:00
  return `${date} ${time.slice(0, 8)} ${time.slice(8).replace(':', '')}`;
}
