import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type SigningKey, signingKey, signToken } from './signingKey.ts';

type Fields = Record<string, unknown>;

/**
 * An issuer of tokens, with a key set on a free port of this machine. It answers with `keys`, which a test may replace, or as
 * `answer` says, where a test has set it.
 */
export async function startIssuer(audience = 'muster') {
  const state = {
    keys: [signingKey('first')],
    answer: undefined as RequestListener | undefined,
    /** How often the key set was asked for. */
    asked: 0,
  };
  const server = createServer((req, res) => {
    state.asked++;
    if (state.answer) state.answer(req, res);
    else
      res.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys: state.keys.map(({ jwk }) => jwk) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, {
    issuer,
    audience,
    jwksUrl: `${issuer}/jwks.json`,
    /** A token of this issuer that is good for five minutes; `change` takes claims out by `undefined`. */
    token: (
      change: Fields,
      { key = state.keys[0], header = {} }: { key?: SigningKey | undefined; header?: object } = {},
    ) => {
      if (!key) throw new Error('the issuer has no key');
      const now = Math.floor(Date.now() / 1000);
      return signToken(
        key,
        { iss: issuer, aud: audience, sub: 'somebody', iat: now, exp: now + 300, ...change },
        header,
      );
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
export type Issuer = Awaited<ReturnType<typeof startIssuer>>;
