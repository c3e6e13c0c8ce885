import { databaseUrl } from './databaseUrl.ts';

it.each([
  ['postgres://postgres@/postgres?host=%2Ftmp%2Fx', 'postgres://postgres@/other?host=%2Ftmp%2Fx'],
  ['postgresql://me:secret@host:5433/first', 'postgresql://me:secret@host:5433/other'],
  ['postgres://postgres@/?host=%2Ftmp%2Fx', 'postgres://postgres@/other?host=%2Ftmp%2Fx'],
])('names another database in %s and changes nothing else', (url, expected) => {
  expect(databaseUrl(url, 'other')).toBe(expected);
});
