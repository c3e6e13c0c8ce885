import { checkClock } from './checkClock.ts';

const at = (ms: number) => () => ms;
const answers = (ms: number) => async () => ms;

it('refuses a clock that is more than two seconds fast or slow', async () => {
  await expect(checkClock(answers(10_000), at(12_001))).rejects.toMatchObject({ code: 'clockSkewed' });
  await expect(checkClock(answers(10_000), at(7_999))).rejects.toMatchObject({ code: 'clockSkewed' });
});

it('accepts a clock that is two seconds off', async () => {
  await expect(checkClock(answers(10_000), at(12_000))).resolves.toBeUndefined();
  await expect(checkClock(answers(10_000), at(8_000))).resolves.toBeUndefined();
});

it('does not mistake a slow answer for a skewed clock', async () => {
  const times = [10_000, 19_000];

  await expect(checkClock(answers(10_500), () => times.shift()!)).resolves.toBeUndefined();
});

it('takes no answer for no judgement', async () => {
  await expect(checkClock(answers(Number.NaN), at(0))).rejects.toMatchObject({ code: 'queueUnavailable' });
});
