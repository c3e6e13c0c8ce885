import { readSelectedSet } from './readSelectedSet.ts';
import { resolveSchedule } from './resolveSchedule.ts';
import { type ScheduleDraft } from './scheduleFaults.ts';
import { type AgreementType, type ScheduleFields } from './smsCampaign.ts';
import { type SmsFault, smsFault } from './smsFault.ts';

/** What an agreement that is there says. */
export interface HeldAgreement {
  name: string;
  description: string | null;
  type: AgreementType;
  schedule: ScheduleFields;
}

/** What a campaign says of its agreement. */
export interface SaidOfAgreement extends ScheduleDraft {
  agreementName?: string | null | undefined;
  agreementDescription?: string | null | undefined;
  agreementType?: AgreementType | null | undefined;
}

/** A fault for each field of a campaign that says something else than the agreement that it names: that is what holds. */
export function agreementContradictions(said: SaidOfAgreement, held: HeldAgreement): SmsFault[] {
  const terms = termsOf(held);
  const words = { ...said, scheduleSelectedSet: setIn(said.scheduleSelectedSet) };
  return (Object.keys(terms) as (keyof typeof terms)[])
    .filter((field) => (words[field] ?? '') !== '' && words[field] !== terms[field])
    .map((field) => {
      const holds = terms[field];
      const message =
        holds === null
          ? 'is left open by the agreement that agreementGuid names: leave it out'
          : `is ${holds} in the agreement that agreementGuid names: write that, or leave it out`;
      return smsFault('otherThanAgreement', field, message);
    });
}

function termsOf({ name, description, type, schedule }: HeldAgreement) {
  const { unit, everyOther, baseTier, fixedDay, selectedSet } = resolveSchedule(schedule);
  return {
    ...{ agreementName: name, agreementDescription: description, agreementType: type },
    ...{ scheduleType: schedule.scheduleType, scheduleCalendarUnit: unit, scheduleBaseTier: baseTier },
    ...{ scheduleFixedDay: fixedDay, scheduleEveryOther: everyOther, scheduleSelectedSet: JSON.stringify(selectedSet) },
  };
}

/** A selected set as it is compared; what is none is refused by other rules. */
function setIn(text: string | null | undefined): string | undefined {
  const ordinals = readSelectedSet(text ?? '');
  return ordinals && JSON.stringify(ordinals);
}
