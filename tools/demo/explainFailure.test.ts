import { explainFailure } from './explainFailure.ts';

it('says what to do about a directory that belongs to another user', () => {
  const error = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', path: '/x/.demo/kept.json' });

  expect(explainFailure(error, '/x/.demo')).toMatch(/^\/x\/\.demo\/kept\.json cannot be written.* Remove \/x\/\.demo/);
});

it('gives any other failure in its own words', () => {
  expect(explainFailure(new Error('the API answered 500: oh'), '/x')).toBe(
    'The demo stopped: the API answered 500: oh',
  );
});
