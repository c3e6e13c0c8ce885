import { describeCrontab } from './describeCrontab.ts';
import { parsePeachyCrontab } from './peachyCrontab.ts';

it.each([
  ['P P * * *', 'every day'],
  ['P P 1-31 * 5', 'every day'],
  ['P P * * 1-5', 'Monday to Friday'],
  ['P P * * 1,3', 'Monday and Wednesday'],
  ['P P 1,15 * *', 'on the 1st and 15th'],
  ['P P 1 */3 *', 'on the 1st, in January, April, July and October'],
  ['P P 15 * 5', 'on the 15th, or any Friday'],
  ['P P 1-7 * */7', 'on the 1st to 7th, where that is Sunday'],
  ['P P 2,3,11,22 JAN-MAR *', 'on the 2nd, 3rd, 11th and 22nd, in January to March'],
])('says %s in plain words', (text, words) => {
  expect(describeCrontab(parsePeachyCrontab(text))).toBe(words);
});
