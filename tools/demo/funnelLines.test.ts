import { funnelLines } from './funnelLines.ts';

const counts = {
  queried: 1206,
  invalid: 1,
  duplicate: 2,
  unknownBorrower: 3,
  goOn: 1200,
  noContact: 200,
  matched: 1000,
  contacts: 1500,
  screenedOut: { doNotInteract: 40 },
  exported: 1460,
};

it('begins with the rows of the query', () => {
  expect(funnelLines(counts)[0]).toMatch(/^rows of the query +1,206$/);
});

it('names each reason for which contacts were screened out', () => {
  expect(funnelLines(counts)).toContainEqual(expect.stringMatching(/^ {2}- screened out: doNotInteract +40$/));
});

it('shows a run without an exporter as zeros, not as gaps', () => {
  expect(funnelLines({ goOn: 5 }).at(-1)).toMatch(/^contacts in the file +0$/);
});
