import { generateKeyPairSync } from 'node:crypto';
import { newKeyPair } from '@muster/testing/newKeyPair';
import ssh2 from 'ssh2';
import { findKeyProblem, requireUsableKey } from './credentials.ts';

const plain = newKeyPair().private;
// newKeyPair reads what it made without a passphrase: a locked pair is made once, here
const lock = (rounds: number) => {
  const sealed = ssh2.utils.generateKeyPairSync('ed25519', { cipher: 'aes256-cbc', passphrase: 'right', rounds });
  return sealed.private;
};
const locked = lock(1);
const pem = generateKeyPairSync('rsa', {
  modulusLength: 1024,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' },
}).privateKey;
const cut = plain.replace(/\n.{40}/, '\n');

it.each([
  ['an open key', { privateKey: plain }, undefined],
  ['an open key with a passphrase', { privateKey: plain, passphrase: 'x' }, undefined],
  ['a locked PEM with its passphrase', { privateKey: pem, passphrase: 'right' }, undefined],
  ['a locked PEM without', { privateKey: pem }, 'passphrase'],
  ['a locked PEM with another', { privateKey: pem, passphrase: 'wrong' }, 'passphrase'],
  ['a locked key without its passphrase', { privateKey: locked }, 'passphrase'],
  ['a locked key with another', { privateKey: locked, passphrase: 'wrong' }, 'passphrase'],
  ['a key that was cut', { privateKey: cut }, 'key'],
  ['what only looks like a key', { privateKey: plain.replace(/KEY-----[^-]+/, 'KEY-----\nabcd\n') }, 'key'],
  ['a key that takes a day to open', { privateKey: withRounds(locked, 2 ** 31), passphrase: 'right' }, 'key'],
])('finds of %s what is wrong', (_, key, problem) => {
  expect(findKeyProblem(key)).toBe(problem);
});

it('does not open a key of more rounds than its patience, and still asks for the passphrase', () => {
  expect(findKeyProblem({ privateKey: withRounds(locked, 33), passphrase: 'wrong' }, 32)).toBeUndefined();
  expect(findKeyProblem({ privateKey: withRounds(locked, 33) }, 32)).toBe('passphrase');
});

it('stops a run for good where the key does not open, without a word of the key', () => {
  const address = { host: 'a.example', port: 22, username: 'u', privateKey: locked };
  expect(() => requireUsableKey(address)).toThrow(/cannot be read; give a whole private key/);
});

/** The same key, saying that its passphrase is hashed that often. */
function withRounds(key: string, rounds: number) {
  const bytes = Buffer.from(key.replaceAll(/-----.*-----/g, ''), 'base64');
  // magic, cipher, kdf and salt, each text after its length
  bytes.writeUInt32BE(rounds, 15 + 4 + 'aes256-cbc'.length + 4 + 'bcrypt'.length + 4 + 4 + 16);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
