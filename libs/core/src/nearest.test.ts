import { nearest } from './nearest.ts';

it.each([
  ['contact.valeu', 'contact.value'],
  ['CONTACT.VALUE', 'contact.value'],
  ['person.firstName', 'person.name.firstName'],
  ['qwertzuiop', undefined],
  ['', undefined],
])('takes %j for %j', (word, expected) => {
  expect(nearest(word, ['contact.value', 'person.name.firstName', 'loan.id'])).toBe(expected);
});

it.each(['x', 'zip', 'no'])('takes %j for no word of two letters', (word) => {
  expect(nearest(word, ['id'])).toBeUndefined();
});

it.each([
  ['sched', 'schedule'],
  ['EXTERN', 'externalId'],
  ['redashQuery', 'redashQueryUrl'],
  ['sc', undefined],
  ['redash', undefined],
  ['cron', undefined],
  ['nmae', 'name'],
])('takes the beginning %j for %j, where only one word begins so', (word, expected) => {
  const fields = ['name', 'externalId', 'redashQueryUrl', 'redashApiKey', 'schedule', 'from', 'kind'];
  expect(nearest(word, fields)).toBe(expected);
});

it('is quick with a very long word', () => {
  expect(nearest('x'.repeat(1_000_000), ['contact.value'])).toBeUndefined();
});
