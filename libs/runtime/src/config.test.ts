import { readFileSync } from 'node:fs';
import { fieldsOf } from '@muster/core/fields';
import { allowHttpFrom, Environment, readConfig } from './config.ts';

const complete = {
  DATABASE_URL: 'postgres://localhost/muster',
  FILE_STORE_URL: 'file:///tmp/files',
  MUSTER_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
};

it('names every faulty setting at once, and says what to write', async () => {
  const faulty = readConfig({ DATABASE_URL: 'mysql://x', MUSTER_SECRET_KEY: 'short', PORT: 'many', LOG_LEVEL: 'loud' });

  await expect(faulty).rejects.toMatchObject({
    faults: [
      { field: 'DATABASE_URL', message: 'must look like postgres://user:password@host:5432/muster' },
      { field: 'FILE_STORE_URL' },
      { field: 'MUSTER_SECRET_KEY' },
      { field: 'PORT', message: 'must be a whole number from 0 to 65535' },
      { field: 'LOG_LEVEL' },
    ],
  });
});

it('names faulty issuers together with what else is wrong', async () => {
  const issuers = '[{"issuer": "https://id.example.com/", "jwksUrl": "http://id.example.com/jwks"}]';
  const faulty = readConfig({ ...complete, PORT: 'many', JWT_ISSUERS: issuers });

  await expect(faulty).rejects.toMatchObject({
    faults: [{ field: 'PORT' }, { field: 'JWT_ISSUERS[0].audience', message: 'is missing' }],
  });
});

it('takes issuers that may be asked by plain http where ALLOW_HTTP lists them', async () => {
  const JWT_ISSUERS = '[{"issuer": "x", "audience": "muster", "jwksUrl": "http://id.test:9000/jwks"}]';

  expect(await readConfig({ ...complete, JWT_ISSUERS, ALLOW_HTTP: 'id.test:9000' })).toMatchObject({ JWT_ISSUERS });
  await expect(readConfig({ ...complete, JWT_ISSUERS })).rejects.toMatchObject({ faults: [{ code: 'httpsRequired' }] });
});

it('takes numbers from text, leaves defaults, and counts empty variables as absent', async () => {
  const config = await readConfig({ ...complete, PORT: '8080', HOST: '', HOME: '/somewhere' });

  expect(config).toMatchObject({ PORT: 8080, HOST: '127.0.0.1', LEASE_MS: 10_000 });
  expect(config).not.toHaveProperty('HOME');
});

it.each(['10.0.0.1', '10.0.0.0/8, 192.0.2.1', '2001:db8::/32,::1', 'loopback'])(
  'takes the proxies %s',
  async (proxies) => {
    expect(await readConfig({ ...complete, TRUSTED_PROXIES: proxies })).toMatchObject({ TRUSTED_PROXIES: proxies });
  },
);

it.each([
  'true',
  '1',
  'proxy.example.com',
  '10.0.0.0/33',
  '10.0.0.0/0',
  '10.0.0.0/8/8',
  '::/129',
  '10.0.0.1,',
  '10.0.0',
])('refuses the proxies %s by name, and does not only fail to start', async (proxies) => {
  const faulty = readConfig({ ...complete, TRUSTED_PROXIES: proxies });
  await expect(faulty).rejects.toMatchObject({ faults: [{ field: 'TRUSTED_PROXIES', code: 'isProxies' }] });
});

it.each([
  'file:///srv/files',
  's3://lender-files/prod?region=eu-central-1',
  's3://files?endpoint=https://s3.test:9000',
])('takes the file store %s', async (url) => {
  expect(await readConfig({ ...complete, FILE_STORE_URL: url })).toMatchObject({ FILE_STORE_URL: url });
});

it.each([
  ['ftp://files.test', 'must look like file:///'],
  ['file://relative', 'must be an absolute path'],
  ['s3://Bucket', 'must name a bucket'],
  ['s3://bucket?regoin=eu-central-1', 'may have endpoint, region, pathStyle'],
  ['s3://id:secret@bucket', 'takes no credentials'],
])('refuses the file store %s by its name and in words', async (url, words) => {
  const faulty = readConfig({ ...complete, FILE_STORE_URL: url });
  const message = expect.stringContaining(words) as string;
  await expect(faulty).rejects.toMatchObject({ faults: [{ field: 'FILE_STORE_URL', message }] });
});

it('lets plain http through only for the addresses named', () => {
  const allowHttp = allowHttpFrom('127.0.0.1:5000, redash.test:*');

  expect([allowHttp('127.0.0.1', 5000), allowHttp('REDASH.test', 80)]).toEqual([true, true]);
  expect([allowHttp('127.0.0.1', 5001), allowHttp('other', 5000)]).toEqual([false, false]);
});

it('.env.example lists exactly the settings that there are', () => {
  const example = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
  const listed = [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);

  expect(listed.sort()).toEqual([...fieldsOf(Environment).keys()].sort());
});

it('.env.example says of each setting what the code says of it', () => {
  const file = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
  const example = file.replaceAll(/\n# (?![A-Z0-9_]+=)/g, ' '); // a comment may go on in a second line
  const others = [...fieldsOf(Environment).values()]
    .map(({ notes }) => String(notes.description))
    .filter((description) => !example.includes(description));

  expect(others).toEqual([]);
});
