import { randomBytes } from 'node:crypto';
import { InvalidInput, PermanentFailure } from './errors.ts';
import { openSecretBox } from './secretBox.ts';

const newBox = () => openSecretBox({ key: randomBytes(32).toString('base64') });
const place = { companyId: 'CP-A-A', table: 'campaign', column: 'redash_api_key', recordId: 'CM-A-A' } as const;

it('opens what it sealed', () => {
  const box = newBox();
  expect(box.open(box.seal('pass wörd', place), place)).toBe('pass wörd');
});

it('never seals the same secret to the same text', () => {
  const box = newBox();
  expect(box.seal('a', place)).not.toBe(box.seal('a', place));
});

it.each(['companyId', 'table', 'column', 'recordId'])('does not open a text that was moved to another %s', (part) => {
  const box = newBox();
  const sealed = box.seal('a', place);
  expect(() => box.open(sealed, { ...place, [part]: 'other' })).toThrow(PermanentFailure);
});

it('does not open with another key', () => {
  const sealed = newBox().seal('a', place);
  expect(() => newBox().open(sealed, place)).toThrow(/cannot be opened with this key/);
});

it('does not open with another key that claims the same id', () => {
  const [one, other] = [newBox(), newBox()];
  const forged = one.seal('a', place).replace(one.keyId, other.keyId);
  expect(() => other.open(forged, place)).toThrow(PermanentFailure);
});

it('does not open a text whose tag was cut to four bytes', () => {
  const box = newBox();
  const parts = box.seal('a', place).split('.');
  parts[3] = Buffer.from(parts[3]!, 'base64url').subarray(0, 4).toString('base64url');
  expect(() => box.open(parts.join('.'), place)).toThrow(PermanentFailure);
});

it('does not open an altered text', () => {
  const box = newBox();
  const parts = box.seal('secret', place).split('.');
  const bytes = Buffer.from(parts[4]!, 'base64url');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  parts[4] = bytes.toString('base64url');
  expect(() => box.open(parts.join('.'), place)).toThrow(PermanentFailure);
});

it.each(['', 'text', 'v1.a.b.c.d'])('does not open %j', (sealed) => {
  expect(() => newBox().open(sealed, place)).toThrow(PermanentFailure);
});

it('tells no secret when it refuses', () => {
  const sealed = newBox().seal('canary', place);
  expect(() => newBox().open(sealed, place)).not.toThrow(/canary/);
});

it.each(['', 'short', randomBytes(16).toString('base64'), `${randomBytes(32).toString('base64').slice(0, -2)}!=`])(
  'refuses %j for a key',
  (key) => {
    expect(() => openSecretBox({ key })).toThrow(InvalidInput);
  },
);
