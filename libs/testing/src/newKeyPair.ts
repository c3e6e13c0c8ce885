import ssh2 from 'ssh2';

/** A key pair in OpenSSH's text format. */
export interface KeyPair {
  private: string;
  public: string;
}

const makeKeyPair = (): KeyPair => ssh2.utils.generateKeyPairSync('ed25519');

/**
 * A new pair of Ed25519 keys. ssh2 drops a zero byte at the beginning of a public key, so that one pair in 256 cannot be
 * read, not by itself either: such a pair is thrown away.
 */
export function newKeyPair(make: () => KeyPair = makeKeyPair): KeyPair {
  for (;;) {
    const pair = make();
    const read = [pair.private, pair.public].map((key) => ssh2.utils.parseKey(key));
    if (!read.some((key) => key instanceof Error)) return pair;
  }
}
