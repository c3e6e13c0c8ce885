import { type DemoHome } from './demoHome.ts';
import { demoEnvironment } from './demoEnvironment.ts';

const home = { directory: '/demo', files: '/demo/files', kept: { secretKey: 'k' } } as DemoHome;
const outside = { databaseUrl: 'postgres://demo', redashUrl: 'http://127.0.0.1:5000', gateways: '127.0.0.1:5100' };

/** The settings that the demo's processes get where these variables are set. */
function settings(theirs: Record<string, string>) {
  const before = { ...process.env };
  Object.assign(process.env, theirs);
  try {
    return demoEnvironment(home, outside);
  } finally {
    process.env = before;
  }
}

it('lets a webhook be tried: what is allowed beside Redash reaches its processes', () => {
  expect(settings({})).toMatchObject({ ALLOW_HTTP: '127.0.0.1:5000,127.0.0.1:5100', ALLOW_ADDRESSES: '127.0.0.1:*' });
  expect(settings({ ALLOW_HTTP: '127.0.0.1:9000', ALLOW_ADDRESSES: '10.0.0.8' })).toMatchObject({
    ALLOW_HTTP: '127.0.0.1:5000,127.0.0.1:5100,127.0.0.1:9000',
    ALLOW_ADDRESSES: '127.0.0.1:*,10.0.0.8',
  });
});

it('passes on nothing that could lead its processes elsewhere', () => {
  expect(settings({ DATABASE_URL: 'postgres://ours', MUSTER_SECRET_KEY: 'ours' })).toMatchObject({
    DATABASE_URL: 'postgres://demo',
    MUSTER_SECRET_KEY: 'k',
  });
});
