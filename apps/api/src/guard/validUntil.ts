import { type Verdict } from '@muster/directory/guard/canInteract';

interface Checked {
  verdict: Pick<Verdict, 'allowed' | 'callUntil' | 'callFrom'>;
  checkedAt: Date;
  screeningMaxAgeMinutes: number;
  checkAtCompanyNoon: boolean;
}

/**
 * Until when a verdict may be acted on: no longer than the company lets verdicts grow old, and where it allows a contact no
 * longer than that contact's hours. As of noon they may be over already: then it is the moment of the check. Outside of the
 * hours and yet allowed now, they do not hold for this person.
 */
export function validUntil({ verdict, checkedAt, screeningMaxAgeMinutes, checkAtCompanyNoon }: Checked): Date {
  const old = new Date(checkedAt.getTime() + screeningMaxAgeMinutes * 60_000);
  if (!verdict.allowed || verdict.callUntil === null) return old;
  const end = new Date(verdict.callUntil);
  const isOver = end <= checkedAt;
  const isBefore = verdict.callFrom !== null && new Date(verdict.callFrom) > checkedAt;
  if (!checkAtCompanyNoon && (isOver || isBefore)) return old;
  if (isOver) return checkedAt;
  return end < old ? end : old;
}
