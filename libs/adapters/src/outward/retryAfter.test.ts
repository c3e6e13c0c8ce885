import { retryAfter } from './retryAfter.ts';

const after = (text: string) => retryAfter({ 'retry-after': text });

it('reads seconds', () => {
  expect(after('90')).toEqual({ retryAfterMs: 90_000 });
});

it('reads a date, of which one that is past asks for no wait', () => {
  const { retryAfterMs } = after(new Date(Date.now() + 60_000).toUTCString());

  expect(retryAfterMs).toBeGreaterThan(50_000);
  expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  expect(after('Thu, 01 Jan 1970 00:00:00 GMT')).toEqual({ retryAfterMs: 0 });
});

it.each(['', 'soon', '9999999999999'])('makes nothing of %j', (text) => {
  expect(after(text)).toEqual({});
});

it('says nothing where nothing is asked', () => {
  expect(retryAfter({})).toEqual({});
});
