import { themes } from './contactExporter.ts';
import { subjectThemes, themeOfSubject } from './subjects.ts';

it.each([
  ['paymentDueDateReminder', 'opsServicing'],
  ['autopayAmountChanged', 'opsServicing'],
  ['cardExpiresReminder', 'opsServicing'],
  ['loanOverdueFirstNotice', 'opsCollDebt'],
  ['loanOverdueSixthNotice', 'opsCollDebt'],
  ['loanRightToCurePersonalUnsecured', 'opsCollDebt'],
])('%s is a contact for %s', (subject, theme) => {
  expect(themeOfSubject(subject)).toBe(theme);
});

it.each(['freeForm', 'custom1', 'custom20', 'somethingElse', 'cardExpiresReminder2', 'toString'])(
  '%s implies no theme',
  (subject) => {
    expect(themeOfSubject(subject)).toBeNull();
  },
);

it('knows only themes that there are', () => {
  expect(themes).toEqual(expect.arrayContaining([...new Set(subjectThemes.map(({ theme }) => theme))]));
});
