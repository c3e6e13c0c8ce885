import fc from 'fast-check';

const of = (name: string, ...values: string[]) => fc.constantFrom(...values).map((value) => ({ [name]: value }));

/** Headers that are wrong, or that hardly anybody sends. */
export const strangeHeaders: fc.Arbitrary<Record<string, string>> = fc.oneof(
  of('Content-Type', 'text/csv', 'application/json; charset=utf-16', 'application/json;charset="x', '', 'x', '*/*'),
  of(
    'Content-Type',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/problem+json',
  ),
  of('Content-Encoding', 'gzip', 'br', 'deflate', 'x', 'identity', 'gzip, gzip', ''),
  of('If-Match', '', '*', 'W/"x"', '"', 'x'.repeat(2_000), ',,,,', '"a","b"', '\u00ff'),
  of('If-None-Match', '*', 'etag', '"x"', ''),
  of('Idempotency-Key', '', ' ', 'a b', 'x'.repeat(255), 'x'.repeat(256), '\u00e4', '"again"', '__proto__'),
  of('X-Request-Id', '', 'a b', '"', 'x'.repeat(101), '../..', '\u00ff', '{}'),
  of('Content-MD5', '', 'x', '0'.repeat(32), 'md5, md5', '\u00ff'),
  of('RequestMD5', '', 'D41D8CD98F00B204E9800998ECF8427E', '1B2M2Y8AsgTpgAmY7PhCfg=='),
  of('Range', 'bytes=0-', 'bytes=-1', 'bytes=5-2', 'bytes=0-1,3-4', 'bytes=99999999999999999999-', 'x', 'bytes='),
  of('Accept', 'text/html', 'application/xml;q=1', '', 'x'),
  of('Accept-Encoding', 'gzip', 'x;q=0', '*;q=0'),
  of('Authorization', 'Bearer x', 'Bearer ', 'Basic eDp4', 'Bearer a.b.c', 'Digest x', ''),
  of('X-Forwarded-For', '127.0.0.1', 'x', '::1'),
  of('X-HTTP-Method-Override', 'DELETE'),
  of('Expect', '100-continue'),
  of('Origin', 'https://evil.example.com', 'null'),
  of('Cookie', 'a=b; __proto__=1'),
);
