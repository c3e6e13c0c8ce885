import { readAllowList } from './readAllowList.ts';
import { refuseUrl } from './refuseUrl.ts';

const allowHttp = (host: string, port: number) => host === 'plain.example.com' && port === 80;
const codeFor = (url: string, allow = '') => refuseUrl(url, { allow: readAllowList(allow), allowHttp })?.code;

it.each(['https://a.example.com', 'https://a.example.com:443/x?y', 'http://plain.example.com/'])('takes %s', (url) => {
  expect(codeFor(url)).toBeUndefined();
});

it.each([
  ['ftp://a.example.com', 'httpsRequired'],
  ['file:///etc/passwd', 'httpsRequired'],
  ['unix:/var/run/docker.sock', 'httpsRequired'],
  ['a.example.com', 'httpsRequired'],
  ['https://', 'httpsRequired'],
  ['http://a.example.com', 'httpsRequired'],
  ['http://plain.example.com:81', 'httpsRequired'],
  ['https://user@a.example.com', 'credentialsInAddress'],
  ['https://:pass@a.example.com', 'credentialsInAddress'],
  ['https://a.example.com:8443', 'addressForbidden'],
  ['https://a.example.com.', 'addressForbidden'],
  ['https://127.1', 'addressForbidden'],
  ['https://[::1]', 'addressForbidden'],
])('refuses %s as %s', (url, code) => {
  expect(codeFor(url)).toBe(code);
});

it('takes a private address by plain http only where both settings say so', () => {
  const allowed = { allow: readAllowList('127.0.0.1:*'), allowHttp: () => true };

  expect(refuseUrl('http://127.0.0.1:5000/', allowed)).toBeUndefined();
  expect(refuseUrl('http://127.0.0.1:5000/', { ...allowed, allow: readAllowList('') })?.message).toMatch(
    'ALLOW_ADDRESSES',
  );
  expect(refuseUrl('http://127.0.0.1:5000/', { ...allowed, allowHttp: () => false })?.message).toMatch('ALLOW_HTTP');
});
