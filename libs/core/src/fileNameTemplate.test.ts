import { refuseFileNameTemplate } from './fileNameTemplate.ts';

it.each(['{kind}_{runId}', 'acme {date}-{time}.{kind}', '{campaignId}{externalId}{runId}{date}{time}{kind}'])(
  'takes %s',
  (text) => {
    expect(refuseFileNameTemplate(text)).toBeUndefined();
  },
);

it.each([
  ['{runId}', 'must hold {kind}'],
  ['{kind}', '{runId} or {time}'],
  ['{kind}{tiem}', 'did you mean {time}?'],
  ['{kind}{tiem}', 'There are {campaignId}, {externalId}, {runId}, {date}, {time}, {kind}'],
  ['{kind}{borrower}', 'does not know {borrower}; there are {campaignId}, {externalId}'],
  ['{kind}{runId}/x', 'letters, digits'],
  ['{kind}{runId}{', 'letters, digits'],
  ['{}{kind}{runId}', 'does not know {}'],
  ['.{kind}{runId}', 'must not begin'],
])('refuses %s and says what to mend', (text, hint) => {
  expect(refuseFileNameTemplate(text)?.message).toContain(hint);
});
