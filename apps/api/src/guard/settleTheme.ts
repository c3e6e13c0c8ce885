import { type Theme } from '@muster/core/contactExporter';
import { themeOfSubject } from '@muster/core/subjects';
import { type Faults } from '../collectFaults.ts';
import { type CanInteract } from './dto.ts';

/** The theme that a question is asked for, by itself or by its subject; null where the subject implies none. */
export function settleTheme({ theme, subject }: CanInteract, faults: Faults): Theme | null {
  if (theme != null && subject != null) {
    const message = 'must be left out where there is a theme: a subject is given in place of one';
    faults.add({ field: 'subject', code: 'notAllowed', message });
  }
  if (theme == null && subject == null && !faults.has('subject')) {
    faults.add({ field: 'theme', code: 'required', message: 'is missing: give a theme, or a subject in place of one' });
  }
  return theme ?? (subject == null ? null : themeOfSubject(subject));
}
