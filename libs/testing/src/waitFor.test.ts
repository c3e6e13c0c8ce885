import { waitFor } from './waitFor.ts';

it('asks again until there is an answer, and returns it', async () => {
  const answers = [undefined, false, 0, 'there'];

  const value = await waitFor(() => answers.shift(), { everyMs: 1 });

  expect(value).toBe('there');
});

it('gives up with a sentence that names what did not come', async () => {
  const patience = { timeoutMs: 5, everyMs: 1, what: 'the bus' };

  await expect(waitFor(() => false, patience)).rejects.toThrow('waited 5 ms for the bus');
});

it('lets a failure of the condition through at once', async () => {
  const failing = () => Promise.reject(new Error('gone'));

  await expect(waitFor(failing, { timeoutMs: 60_000 })).rejects.toThrow('gone');
});
