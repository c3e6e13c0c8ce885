import { type Refusal } from '@muster/core/fields';

const PREFIX = 'whsec_';
const [FEWEST_BYTES, MOST_BYTES] = [24, 64]; // as Standard Webhooks has it
const FEWEST_CHARACTERS = 16;

/** What is wrong with a secret that is to sign: the receiver's library would read it otherwise than we, or it can be guessed. */
export function refuseWebhookSecret(secret: string): Refusal | undefined {
  if (!secret.startsWith(PREFIX)) {
    if (secret.length >= FEWEST_CHARACTERS) return undefined;
    const message = `must be whsec_ and base64 of ${FEWEST_BYTES} to ${MOST_BYTES} bytes, or another text of at least ${FEWEST_CHARACTERS} characters`;
    return { code: 'wrongLength', message };
  }
  const base64 = secret.slice(PREFIX.length);
  const bytes = Buffer.from(base64, 'base64');
  const isWhole = bytes.toString('base64') === base64;
  if (isWhole && bytes.length >= FEWEST_BYTES && bytes.length <= MOST_BYTES) return undefined;
  const message = `must be base64 of ${FEWEST_BYTES} to ${MOST_BYTES} bytes after whsec_, as from: echo whsec_$(openssl rand -base64 32)`;
  return { code: 'wrongForm', message };
}
