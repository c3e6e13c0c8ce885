import { importBench, type ImportBench } from '@muster/testing/importBench';

let bench: ImportBench;
beforeAll(async () => {
  bench = await importBench();
});
afterAll(() => bench.close());

it('loads contacts of people that a file brought', async () => {
  const people = await bench.load('people', 'externalId,name.firstName,dateOfBirth\np1,Robin,1980-02-29\np2,Kim,\n');
  expect(people).toMatchObject({ read: 2, inserted: 2, updated: 0, refused: 0, refusedFile: null });

  const contacts = await bench.load(
    'contacts',
    'externalId,personId,contactType,value\nc1,p1,phone,(415) 555-1234\nc2,p2,email,kim@example.com\nc3,p3,phone,4155551234\nc4,p1,phone,12\n',
  );
  expect(contacts).toMatchObject({ read: 4, inserted: 2, updated: 0, refused: 2 });
  expect(contacts.refusals.map((row) => row.slice(0, 3))).toEqual([
    ['4', 'personNotFound', 'personId'],
    ['5', 'phoneInvalid', 'value'],
  ]);
});
