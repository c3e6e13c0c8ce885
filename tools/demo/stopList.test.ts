import { stopList } from './stopList.ts';

it('stops the last first, and everything although one fails', async () => {
  const stopped: string[] = [];
  const named = (name: string) => ({ stop: async () => void stopped.push(name) });
  const list = stopList();
  list.add(named('database'));
  list.add({ stop: async () => Promise.reject(new Error('no')) });
  list.add(named('api'), named('worker'));

  await list.stopAll();

  expect(stopped).toEqual(['api', 'worker', 'database']);
});
