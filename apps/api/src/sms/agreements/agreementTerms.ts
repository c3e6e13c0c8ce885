import { type AgreementRow } from '@muster/db/sms/smsAgreements';
import { resolveSchedule } from '@muster/messaging/resolveSchedule';

/** What holds by an agreement, in the words of the contract: what its schedule leaves to its type is filled in. */
export function agreementTerms({ name, description, type, schedule }: AgreementRow) {
  const { unit, everyOther } = resolveSchedule(schedule);
  const { scheduleType, scheduleBaseTier, scheduleFixedDay, scheduleSelectedSet } = schedule;
  return {
    ...{ agreementName: name, agreementDescription: description, agreementType: type },
    ...{ scheduleType, scheduleCalendarUnit: unit, scheduleBaseTier, scheduleFixedDay, scheduleEveryOther: everyOther },
    scheduleSelectedSet: JSON.stringify(scheduleSelectedSet),
  };
}
