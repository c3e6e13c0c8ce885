import { refuseLength } from './refuseLength.ts';

it.each([
  ['1,377 signs of GSM-7', 'a'.repeat(1_377)],
  ['684 signs that count as two, 76 a part', '€'.repeat(684)],
  ['603 signs beyond GSM-7', 'ж'.repeat(603)],
  ['297 emojis, 33 a part', '🎉'.repeat(297)],
])('takes %s', (...[, text]) => {
  expect(refuseLength(text)).toBeUndefined();
});

it.each([
  ['a sign more', 'a'.repeat(1_378), /^10 parts and may take 9, each of 153 signs of GSM-7; .* count as two/],
  ['what its septets alone would let pass', '€'.repeat(688), /^10 parts .*none of them is split/],
  ['a sign beyond GSM-7 more', 'ж'.repeat(604), /^10 parts and may take 9, each of 67 signs, since not all/],
  ['as many emojis as 9 parts have units for', '🎉'.repeat(301), /^10 parts .*emojis count as two/],
])('says of %s how many parts it takes, and why', (...[, text, said]) => {
  expect(refuseLength(text)).toMatch(said);
});
