import { type Theme } from './contactExporter.ts';

/** What a contact may be about, beside themes: each subject implies one. Families go by how their names begin. */
export const subjectThemes: readonly { subject: string; isFamily?: boolean; theme: Theme }[] = [
  { subject: 'paymentDueDateReminder', theme: 'opsServicing' },
  { subject: 'autopayPaymentReminder', theme: 'opsServicing' },
  { subject: 'loginFirstPaymentReminder', theme: 'opsServicing' },
  { subject: 'autopayEnableReminder', theme: 'opsServicing' },
  { subject: 'futurepayPaymentDueReminder', theme: 'opsServicing' },
  { subject: 'autopayAmountChanged', theme: 'opsServicing' },
  { subject: 'cardExpiresReminder', theme: 'opsServicing' },
  { subject: 'loanOverdue', isFamily: true, theme: 'opsCollDebt' }, // loanOverdueFirstNotice … loanOverdueSixthNotice
  { subject: 'loanRightToCure', isFamily: true, theme: 'opsCollDebt' }, // loanRightToCurePersonalUnsecured …
];

/** The theme that a subject implies; null for `freeForm`, `custom1` … `custom20`, and whatever is unknown. */
export function themeOfSubject(given: string): Theme | null {
  const known = subjectThemes.find(({ subject, isFamily }) =>
    isFamily ? given.startsWith(subject) : given === subject,
  );
  return known?.theme ?? null;
}
