import { NotFound } from '@muster/core/errors';
import { translateDatabaseError } from './databaseErrors.ts';

const withCode = (code: string) => Object.assign(new Error('password=hunter2'), { code });

it.each(['ECONNREFUSED', '57P01', '08006', '53300', '25P03'])(
  'says of %s that the database cannot be reached',
  (code) => {
    expect(translateDatabaseError(withCode(code))).toMatchObject({ code: 'databaseUnavailable' });
  },
);

it.each(['55P03', '40P01', '40001', '57014'])('says of %s that the database was busy', (code) => {
  expect(translateDatabaseError(withCode(code))).toMatchObject({ code: 'databaseBusy' });
});

it('says of a secret sealed with a replaced key what to do', () => {
  expect(translateDatabaseError(withCode('MS001'))).toMatchObject({ code: 'secretKeyReplaced' });
});

it('looks into what TypeORM wraps, and repeats no words of the driver', () => {
  const translated = translateDatabaseError(
    Object.assign(new Error('query failed'), { driverError: withCode('57P01') }),
  );

  expect(translated).toMatchObject({ code: 'databaseUnavailable' });
  expect((translated as Error).message).not.toContain('hunter2');
});

it('leaves our own errors and bugs as they are', () => {
  const errors = [new NotFound('runNotFound', 'no run'), withCode('42703'), new TypeError('x is not a function')];

  expect(errors.map(translateDatabaseError)).toEqual(errors);
});
