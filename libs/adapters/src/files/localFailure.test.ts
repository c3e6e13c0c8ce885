import { NotFound } from '@muster/core/errors';
import { localFailure } from './localFailure.ts';

describe('localFailure', () => {
  it.each([
    ['ENOSPC', 'TemporaryFailure', 'fileStoreFull'],
    ['EDQUOT', 'TemporaryFailure', 'fileStoreFull'],
    ['EACCES', 'PermanentFailure', 'fileStoreDenied'],
    ['EPERM', 'PermanentFailure', 'fileStoreDenied'],
    ['EROFS', 'PermanentFailure', 'fileStoreDenied'],
    ['EIO', 'TemporaryFailure', 'fileStoreFailed'],
    [undefined, 'TemporaryFailure', 'fileStoreFailed'],
  ])('turns %s into a %s: %s', (systemCode, name, code) => {
    expect(localFailure({ code: systemCode }, 'write a.csv')).toMatchObject({ name, code });
  });

  it('hands our own errors on', () => {
    const ours = new NotFound('fileNotFound', 'gone');

    expect(localFailure(ours, 'write a.csv')).toBe(ours);
  });
});
