import { hostToAsk } from './hostToAsk.ts';

const nowhere = () => false;

it('asks over https, and tells the host only', () => {
  expect(hostToAsk('https://sms.example.com:8443/send?key=secret', nowhere)).toEqual({
    host: 'sms.example.com:8443',
    mayAsk: true,
  });
});

it.each([
  ['http://sms.example.com/send', ['sms.example.com', 80]],
  ['http://127.0.0.1:5000/', ['127.0.0.1', 5000]],
  ['http://[::1]:5000/', ['::1', 5000]],
])('asks by plain http only where the operator lets it: %s', (url, [host, port]) => {
  expect(hostToAsk(url, (...asked) => asked[0] === host && asked[1] === port)).toMatchObject({ mayAsk: true });
  expect(hostToAsk(url, nowhere)).toMatchObject({ mayAsk: false });
});

it.each(['ftp://sms.example.com/', 'sms.example.com', '', 'javascript:alert(1)'])('never asks %j', (url) => {
  expect(hostToAsk(url, () => true)).toMatchObject({ mayAsk: false });
});
