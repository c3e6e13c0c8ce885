import { readAllowList } from './readAllowList.ts';
import { refuseHost } from './refuseHost.ts';
import { type Target } from './usualPorts.ts';

const nothing = readAllowList('');
const isRefused = (target: Target, allow = nothing) => refuseHost(target, allow) !== undefined;

it.each([
  ['https', 443],
  ['http', 80],
  ['sftp', 22],
  ['sftp', 23],
  ['sftp', 2022],
  ['sftp', 2222],
] as const)('lets %s have port %i', (scheme, port) => {
  expect(isRefused({ scheme, host: 'a.example.com', port })).toBe(false);
  expect(isRefused({ scheme, host: '93.184.216.34', port })).toBe(false);
});

it.each([
  ['https', 80],
  ['https', 22],
  ['https', 8443],
  ['https', 6379],
  ['http', 443],
  ['http', 8080],
  ['sftp', 21],
  ['sftp', 25],
  ['sftp', 443],
  ['sftp', 5432],
  ['sftp', 0],
  ['sftp', NaN],
] as const)('does not let %s have port %i, unless the host is listed with it', (scheme, port) => {
  expect(isRefused({ scheme, host: 'a.example.com', port })).toBe(true);
  expect(isRefused({ scheme, host: '93.184.216.34', port })).toBe(true);
  expect(isRefused({ scheme, host: 'a.example.com', port }, readAllowList('a.example.com'))).toBe(true);
  expect(isRefused({ scheme, host: 'a.example.com', port: 2200 }, readAllowList('a.example.com:2200'))).toBe(false);
});

it.each(['localhost', 'a.localhost', 'a.local', 'a.internal', 'a.lan', 'a.home.arpa', 'A.LOCAL', 'redis'])(
  'refuses the name %s of the inside, and listed ranges do not help it',
  (host) => {
    expect(isRefused({ scheme: 'sftp', host, port: 22 })).toBe(true);
    expect(isRefused({ scheme: 'sftp', host, port: 22 }, readAllowList('127.0.0.0/8, 10.0.0.0/8:*'))).toBe(true);
    expect(isRefused({ scheme: 'sftp', host, port: 22 }, readAllowList(host))).toBe(false);
  },
);

it('leaves it to the addresses of a name where a range has the port', () => {
  expect(isRefused({ scheme: 'sftp', host: 'a.example.com', port: 2200 }, readAllowList('10.0.0.0/8:2200'))).toBe(
    false,
  );
});

it('says what the operator would write, and shows nothing that cannot be shown', () => {
  expect(refuseHost({ scheme: 'https', host: '[fd00::1]', port: 5000 }, nothing)).toEqual({
    code: 'addressForbidden',
    message:
      'Connections to [fd00::1]:5000 are not allowed here: whoever operates this installation can add "[fd00::1]:5000" to ALLOW_ADDRESSES.',
  });
  expect(refuseHost({ scheme: 'https', host: 'a\u202eb\n', port: 443 }, nothing)?.message).toMatch(
    /^"a\?b\?" is no host/,
  );
});
