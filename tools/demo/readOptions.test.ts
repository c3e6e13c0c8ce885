import { readOptions } from './readOptions.ts';

it('stays up and keeps its data unless told otherwise', () => {
  expect(readOptions([])).toEqual({ once: false, fresh: false, help: false });
});

it('takes its options in any order', () => {
  expect(readOptions(['--fresh', '--home', '/tmp/x', '--once'])).toMatchObject({
    once: true,
    fresh: true,
    home: '/tmp/x',
  });
});

it('names an option that it does not know, and the one that was meant', () => {
  expect(() => readOptions(['--onec'])).toThrow('there is no option --onec: did you mean --once?');
});

it('refuses a home without a name', () => {
  expect(() => readOptions(['--home'])).toThrow('--home wants a directory');
});
