import { type Caller } from '@muster/db/apiKeys';
import { steadyKeyring } from './steadyKeyring.ts';

const admin: Caller = { companyId: 'CP-AAAA-AAAA', role: 'admin', scopes: ['dashboard:read'], keyId: 'key' };
const never = () => new Promise<undefined>(() => undefined);

/** A keyring whose database does what it is told. */
function unsteady(times = { waitMs: 5, trustMs: 60_000 }) {
  const database = { find: async (): Promise<Caller | undefined> => admin };
  return { database, find: steadyKeyring(() => database.find(), times) };
}

it('lets in who was let in before, while the database refuses or is silent', async () => {
  const { database, find } = unsteady();
  await find('right');

  database.find = () => Promise.reject(new Error('away'));
  expect(await find('right')).toBe(admin);
  database.find = never;
  expect(await find('right')).toBe(admin);
});

it('lets in nobody else meanwhile', async () => {
  const { database, find } = unsteady();
  await find('right');

  database.find = () => Promise.reject(new Error('away'));
  await expect(find('other')).rejects.toThrow('away');
});

it('forgets a key that the database does not know any more, and one that is not asked about for long', async () => {
  const { database, find } = unsteady();
  await find('right');
  database.find = async () => undefined;
  expect(await find('right')).toBeUndefined();
  database.find = () => Promise.reject(new Error('away'));
  await expect(find('right')).rejects.toThrow('away');

  const short = unsteady({ waitMs: 5, trustMs: 0 });
  await short.find('right');
  short.database.find = () => Promise.reject(new Error('away'));
  await expect(short.find('right')).rejects.toThrow('away');
});
