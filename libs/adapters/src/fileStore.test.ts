import { InvalidInput } from '@muster/core/errors';
import { fileStoreFrom } from './fileStore.ts';

describe('fileStoreFrom', () => {
  it.each(['file:///var/lib/muster', 's3://bucket/prefix?region=eu-central-1'])('opens %s', (url) => {
    expect(fileStoreFrom(url)).toHaveProperty('create');
  });

  it('refuses another scheme', () => {
    expect(() => fileStoreFrom('https://files.test')).toThrow(InvalidInput);
  });
});
