import ssh2 from 'ssh2';
import { newKeyPair } from './newKeyPair.ts';

it('never gives a pair that ssh2 has made but cannot read', () => {
  const good = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
  const [header = '', first = '', ...rest] = good.private.split('\n');
  const broken = { ...good, private: [header, first.slice(4), ...rest].join('\n') };
  const made = [broken, good];

  expect(newKeyPair(() => made.shift()!)).toBe(good);
});
