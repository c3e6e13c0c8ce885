import { limitTroubles } from './limitTroubles.ts';
import { type QueueTrouble } from './queueTrouble.ts';

function limited() {
  const written: QueueTrouble[] = [];
  const clock = { ms: 0 };
  const write = limitTroubles(
    (trouble) => written.push(trouble),
    () => clock.ms,
  );
  return { written, clock, write };
}
const away = { reason: 'storeUnreachable', message: 'it cannot be reached' };
const bugOf = (job: string) => ({ reason: 'jobFailed', message: `query job ${job}: unexpected TypeError` });

it('tells of a trouble once in ten seconds, and then how often it came', () => {
  const { written, clock, write } = limited();

  for (let i = 0; i < 4; i++) write(away);
  clock.ms = 10_000;
  write(away);

  expect(written).toEqual([away, { ...away, more: 3 }]);
});

it('takes those that differ only in ids and numbers for one kind', () => {
  const { written, write } = limited();

  write(bugOf('6f1c2d7e-0a51-4c8e-9d53-0b9c6f3a1e77-query-1'));
  write(bugOf('00000000-1111-4222-8333-444444444444-query-12'));

  expect(written).toHaveLength(1);
});

it('holds back no other meanwhile', () => {
  const { written, write } = limited();

  write(away);
  write({ ...away, reason: 'storeSilent' });

  expect(written).toHaveLength(2);
});
