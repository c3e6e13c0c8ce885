import { parseSftpHost } from './sftpHost.ts';

it.each([
  ['sftp.acme.com', { host: 'sftp.acme.com', port: 22 }],
  ['SFTP.acme.com:23', { host: 'sftp.acme.com', port: 23 }],
  ['127.0.0.1:2222', { host: '127.0.0.1', port: 2222 }],
  ['[::1]:23', { host: '::1', port: 23 }],
])('reads %s', (text, expected) => {
  expect(parseSftpHost(text)).toEqual(expected);
});

it.each(['', 'a b', 'a:0', 'a:65536', 'a:x', 'user@a', 'sftp://a', '-a', 'a/b', '::1', 'x'.repeat(300)])(
  'refuses %s',
  (text) => {
    expect(parseSftpHost(text)).toBeUndefined();
  },
);
