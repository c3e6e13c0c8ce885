import { readAllowList } from './readAllowList.ts';
import { refuseHost } from './refuseHost.ts';

const allows = (list: string, host: string, port = 443) =>
  refuseHost({ scheme: 'https', host, port }, readAllowList(list)) === undefined;

it('lets through exactly what stands in the list, each with its port', () => {
  const list = ' redash.lan, 10.1.0.0/16:5000 ,192.168.7.7:*, [fd00::/8]:22,fd01::1, db.lan:8443,,';

  const through = [
    ['redash.lan', 443],
    ['10.1.255.255', 5000],
    ['192.168.7.7', 1],
    ['fdff::1', 22],
    ['[fd01::1]', 443],
    ['DB.lan', 8443],
  ] as const;
  expect(through.filter(([host, port]) => !allows(list, host, port))).toEqual([]);
  const kept = [
    ['redash.lan', 8443],
    ['10.1.0.1', 443],
    ['10.2.0.1', 5000],
    ['192.168.7.8', 443],
    ['fdff::1', 443],
    ['fd01::2', 443],
    ['db.lan', 443],
    ['www.redash.lan', 443],
  ] as const;
  expect(kept.filter(([host, port]) => allows(list, host, port))).toEqual([]);
});

it('lets nothing through by an empty list', () => {
  expect(readAllowList('')).toMatchObject({ names: [], ranges: [] });
  expect(allows('', '127.0.0.1')).toBe(false);
});

it('covers by an IPv4 range the IPv6 spellings that mean the same address', () => {
  expect(allows('10.0.0.0/8', '::ffff:10.1.2.3')).toBe(true);
  expect(allows('10.0.0.0/8', '64:ff9b::a01:203')).toBe(true);
  expect(allows('10.0.0.0/8', '::ffff:127.1.2.3')).toBe(false);
});

it.each([
  '*',
  '*.lan',
  '*:443',
  'redash.lan:',
  'redash.lan:0',
  'redash.lan:65536',
  'redash.lan:http',
  'https://redash.lan',
  'user@redash.lan',
  '127.1',
  '0x7f.0.0.1',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/-1',
  '10/8',
  'fd00::/129',
  'fd00::1%eth0',
  '[redash.lan]:443',
  '[fd00::1',
  'redash.lan/8',
])('names the faulty entry %s', (entry) => {
  expect(() => readAllowList(`redash.lan,${entry},10.0.0.1`)).toThrow(`ALLOW_ADDRESSES: "${entry}" is neither a host`);
});

it('names all faulty entries at once, and says what was probably meant', () => {
  expect(() => readAllowList('10.1.2.3/8, fd00::7/16:*, ::ffff:10.0.0.1')).toThrow(
    'ALLOW_ADDRESSES: "10.1.2.3/8" names an address inside of a range: write 10.0.0.0/8; ' +
      'ALLOW_ADDRESSES: "fd00::7/16:*" is neither a host nor a range',
  );
  expect(() => readAllowList('[fd00::7/16]:*,::ffff:10.0.0.1')).toThrow(
    'write fd00::/16; ALLOW_ADDRESSES: "::ffff:10.0.0.1" holds an IPv4 address in IPv6: write the IPv4 address',
  );
});
