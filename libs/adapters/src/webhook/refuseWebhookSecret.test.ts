import { randomBytes } from 'node:crypto';
import { refuseWebhookSecret } from './refuseWebhookSecret.ts';

const serialized = (bytes: number) => `whsec_${randomBytes(bytes).toString('base64')}`;

it.each([serialized(24), serialized(32), serialized(64), 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'sixteen letters!'])(
  'takes %s',
  (secret) => {
    expect(refuseWebhookSecret(secret)).toBeUndefined();
  },
);

it.each([
  ['too few bytes', serialized(23)],
  ['too many bytes', serialized(65)],
  ['no base64', 'whsec_not base64, though it is long enough!'],
  ['base64 without its end', serialized(32).slice(0, -1)],
  ['base64 for addresses', `whsec_${'-_'.repeat(16)}`],
  ['nothing after it', 'whsec_'],
])('refuses whsec_ and %s, and says how to make one', (_, secret) => {
  expect(refuseWebhookSecret(secret)).toMatchObject({
    code: 'wrongForm',
    message: expect.stringContaining('openssl rand -base64 32') as string,
  });
});

it('refuses a short text', () => {
  expect(refuseWebhookSecret('fifteen letters')).toMatchObject({ code: 'wrongLength' });
});
