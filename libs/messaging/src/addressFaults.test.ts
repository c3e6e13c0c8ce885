import { addressFaults } from './addressFaults.ts';

it.each([
  'https://example.com',
  'http://example.com:8080/a?b=c#d',
  'HTTPS://example.com/%0d%0a',
  'https://rød.dk/grød',
])('lets through %s', (address) => expect(addressFaults('url', address)).toEqual([]));

it.each([
  ['of another scheme', 'javascript:alert(1)', 'https://example.com/gift'],
  ['of a file', 'file:///etc/passwd', 'https://example.com/gift'],
  ['without a scheme', 'example.com/gift', 'https://example.com/gift'],
  ['without a host', 'https://', 'https://example.com/gift'],
  ['that is relative', '//example.com', 'https://example.com/gift'],
  ['with a name', 'https://anna@example.com/', 'host right behind //'],
  ['with a password', 'https://anna:secret@example.com/', 'host right behind //'],
  ['with a header behind it', 'https://example.com/\r\nSet-Cookie: a=b', '%20'],
  ['with a line break', 'https://example.com/\n', '%20'],
  ['with a tab', 'https://exa\tmple.com/', '%20'],
  ['with a space', 'https://example.com/a b', '%20'],
  ['with a sign of direction', 'https://example.com/\u202egnp.exe', '%20'],
  ['with half a sign', 'https://example.com/\ud800', '%20'],
])('refuses an address %s, and says what to write', (_, address, advice) => {
  const [fault] = addressFaults('url', address);
  expect(fault).toMatchObject({ code: '10001', field: 'url', message: expect.stringContaining(advice) as string });
  expect(fault?.message).not.toContain('secret');
});
