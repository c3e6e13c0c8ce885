import { fakeLog } from '@muster/testing/fakeLog';
import { waitFor } from '@muster/testing/waitFor';
import { endItself } from './endItself.ts';
import { type ProcessContext } from './runProcess.ts';

/** A process that writes down what it does. */
function newProcess(stop: () => Promise<void>, stopWithinMs = 10_000) {
  const did: string[] = [];
  const log = fakeLog();
  const config = { STOP_WITHIN_MS: stopWithinMs } as ProcessContext['config'];
  const ending = endItself({ config, log, giveUp: (reason) => void did.push(reason) });
  ending.stopBy(() => {
    did.push('stop');
    return stop();
  });
  return { did, log, ending };
}

const deaf = { event: 'worker.deaf', fields: { queue: 'query' }, reason: 'it hears nothing' };

it('hands back what is under way, then ends the process, once, and says why', async () => {
  const { did, log, ending } = newProcess(() => Promise.resolve());

  ending.because(deaf);
  ending.because({ event: 'other', reason: 'too late' });
  await waitFor(() => did.length === 2);

  expect(did).toEqual(['stop', 'it hears nothing']);
  expect(log.lines).toEqual([{ level: 'error', event: 'worker.deaf', fields: { queue: 'query' } }]);
});

it.each<[string, () => Promise<void>]>([
  ['fails', () => Promise.reject(new Error('the store is gone'))],
  ['takes too long', () => new Promise(() => undefined)],
])('ends the process also where stopping %s', async (_, stop) => {
  const { did, ending } = newProcess(stop, 50);
  ending.because(deaf);
  await waitFor(() => did.includes('it hears nothing'));
  expect(did[0]).toBe('stop');
});
