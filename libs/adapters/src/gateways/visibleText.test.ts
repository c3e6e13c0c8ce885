import { visibleText } from './visibleText.ts';

it.each(['7', 'sms-4f1c', 'a/b+c=', '~'.repeat(50)])('takes %s', (text) => {
  expect(visibleText(text, 50)).toBe(text);
});

it.each(['', ' ', 'two words', 'a\nb', 'a\n', '\u0000', 'é', '\u202e', '~'.repeat(51), 7, null, undefined, {}, ['a']])(
  'makes nothing of %j',
  (text) => {
    expect(visibleText(text, 50)).toBeUndefined();
  },
);
