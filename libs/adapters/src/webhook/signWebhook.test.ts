import { createHmac } from 'node:crypto';
import { signWebhook } from './signWebhook.ts';

const message = {
  ...{ url: 'https://hooks.example.com/', id: 'AL-2345-6789', body: '{"type":"run.parked"}' },
  sentAt: new Date('2026-06-01T06:00:00.999Z'),
};
const signed = (secret: string | null) => signWebhook({ ...message, secret })['webhook-signature'];
const hmac = (key: Buffer) =>
  createHmac('sha256', key).update('AL-2345-6789.1780293600.{"type":"run.parked"}').digest('base64');

it('names the message and the second of the try', () => {
  expect(signWebhook({ ...message, secret: 'x' })).toMatchObject({
    'webhook-id': 'AL-2345-6789',
    'webhook-timestamp': '1780293600',
  });
});

it('signs id, time and body with the bytes that a serialized secret stands for', () => {
  const bytes = Buffer.from('0123456789abcdef01234567');
  expect(signed(`whsec_${bytes.toString('base64')}`)).toBe(`v1,${hmac(bytes)}`);
});

it.each(['a secret in plain words', 'whsec_not base64!', 'pässword'])(
  'signs with any other text as it is: %s',
  (secret) => {
    expect(signed(secret)).toBe(`v1,${hmac(Buffer.from(secret))}`);
  },
);

it('gives the signature of the example that the specification’s own libraries are tested with', () => {
  const example = {
    ...{ url: '', id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' },
    ...{ sentAt: new Date(1_614_265_330_000), secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
  };
  expect(signWebhook(example)['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

it('signs nothing without a secret', () => {
  expect(Object.keys(signWebhook({ ...message, secret: null }))).toEqual(['webhook-id', 'webhook-timestamp']);
});
