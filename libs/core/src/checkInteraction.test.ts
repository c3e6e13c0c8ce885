import { faultsOfInteraction } from './checkInteraction.ts';

const now = new Date('2026-03-04T17:00:00Z');
const codes = (told: Parameters<typeof faultsOfInteraction>[0]) =>
  faultsOfInteraction(told, now).map(({ field, code }) => `${field} ${code}`);

it.each(['VoiceSpokeWithFirstParty', 'voicespokewithfirstparty', 'voiceSpokeWithFirstParty '])(
  'refuses the word for a conversation that no rule would hear: %j',
  (statusDetails) => {
    expect(codes({ status: 'succeeded', statusDetails })).toEqual(['statusDetails wrongForm']);
  },
);

it.each(['voiceSpokeWithFirstParty', 'voiceNoAnswer', 'spoke with the first party', null, undefined])(
  'takes any other word as it is: %j',
  (statusDetails) => {
    expect(codes({ status: 'succeeded', statusDetails })).toEqual([]);
  },
);

it.each(['attempted', 'succeeded', 'inProgress'])(
  'refuses what is %s in the future, but not within a day',
  (status) => {
    expect(codes({ status, startedAt: new Date('2026-03-05T17:00:00.001Z') })).toEqual(['startedAt outOfRange']);
    expect(codes({ status, startedAt: '2096-01-01T00:00:00.000Z' })).toEqual(['startedAt outOfRange']);
    expect(codes({ status, startedAt: '2026-03-05T17:00:00.000Z' })).toEqual([]);
  },
);

it('takes what is planned for the future', () => {
  expect(codes({ status: 'scheduled', startedAt: '2027-01-01T00:00:00.000Z' })).toEqual([]);
});
