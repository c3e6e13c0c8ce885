import { InvalidInput } from '@muster/core/errors';
import { fileStoreFrom } from './fileStore.ts';

describe('fileStoreFrom', () => {
  it('takes an absolute file URL, with blanks written as %20', () => {
    expect(fileStoreFrom('file:///var/lib/muster%20files')).toHaveProperty('create');
  });

  it.each([
    ['s3://bucket/prefix', 'later version'],
    ['file://relative/path', 'absolute path'],
    ['/var/lib/muster', 'must begin with file:///'],
    ['https://files.test', 'must begin with file:///'],
    ['', 'must begin with file:///'],
  ])('refuses %j and says what to write instead', (url, words) => {
    const make = () => fileStoreFrom(url);

    expect(make).toThrow(InvalidInput);
    expect(make).toThrow(words);
  });
});
