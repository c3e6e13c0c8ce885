import { fakeLog } from '@muster/testing/fakeLog';
import { waitFor } from '@muster/testing/waitFor';
import { type ProcessContext } from '@muster/runtime/runProcess';
import { endWhenDeaf } from './endWhenDeaf.ts';

/** A process that writes down what it does. */
function newProcess(stop: () => Promise<void>, stopWithinMs = 10_000) {
  const did: string[] = [];
  const log = fakeLog();
  const config = { STOP_WITHIN_MS: stopWithinMs } as ProcessContext['config'];
  const deafness = endWhenDeaf({ config, log, giveUp: (reason) => void did.push(reason) });
  deafness.stopBy(() => {
    did.push('stop');
    return stop();
  });
  return { did, log, deafness };
}

const reason = 'jobs wait in the queue query, and this worker is given none';

it('hands back what is under way, then ends the process, and says which queue is heard no more', async () => {
  const { did, log, deafness } = newProcess(() => Promise.resolve());

  deafness.tell('query');
  deafness.tell('upload');
  await waitFor(() => did.length === 2);

  expect(did).toEqual(['stop', reason]);
  expect(log.lines).toEqual([{ level: 'error', event: 'worker.deaf', fields: { queue: 'query' } }]);
});

it.each<[string, () => Promise<void>]>([
  ['fails', () => Promise.reject(new Error('the store is gone'))],
  ['takes too long', () => new Promise(() => undefined)],
])('ends the process also where stopping %s', async (_, stop) => {
  const { did, deafness } = newProcess(stop, 50);
  deafness.tell('query');
  await waitFor(() => did.includes(reason));
  expect(did[0]).toBe('stop');
});
