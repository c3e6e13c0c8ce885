import { exportableFields } from './contactExporter.ts';
import { maskCell } from './maskCell.ts';

it.each([
  ['contact.value', '+14155550101', '+1•••••••0101'],
  ['contact.value', '+4915112345678', '+4•••••••5678'],
  ['contact.value', '+1234567', '••••'],
  ['contact.value', '4155550101', '••••'],
  ['contact.value', 'robin.miller@example.com', 'r••••@••••'],
  ['contact.value', '12 Elm Street, Springfield', '••••'],
  ['contact.name', 'Robin Miller', 'R••••'],
  ['person.name.firstName', 'Łukasz', 'Ł••••'],
  ['person.name.lastName', "'=cmd()", '••••'],
  ['person.dateOfBirth', '1980-04-01', '••••'],
  ['contact.address.addressLine1', '12 Elm Street', '••••'],
  ['contact.address.city', 'Springfield', 'S••••'],
  ['contact.address.postalCode', '62704', '••••'],
  ['contact.address.state', 'Robin Miller, 12 Elm Street', 'R••••'],
  ['contact.address.state', '12 Elm Street', '••••'],
  ['contact.address.state', 'Jo', 'J••••'],
  ['contact.address.country', 'Robin Miller', 'R••••'],
  ['contact.address.country', 'USA', 'U••••'],
  ['person.externalId', 'robin.miller@example.com', '••••'],
  ['person.externalId', 'customer-00417', '••••0417'],
  ['loan.externalId', 'L-17', '••••'],
  ['query.ssn', '123-45-6789', '••••'],
  ['query.nickname', 'Robbie', 'R••••'],
])('masks %s "%s" as "%s"', (field, text, masked) => {
  expect(maskCell(field, text)).toBe(masked);
});

it.each([
  ['contact.id', 'CT-AAAAAA-BBBBBB'],
  ['person.displayId', '1001'],
  ['contact.status', 'primary'],
  ['query.borrowerId', '1001'],
  ['loan.status', 'active'],
  ['contact.address.state', 'NY'],
  ['contact.address.country', 'US'],
  ['screening.checkedAt', '2026-03-04T17:34:00.000Z'],
  ['screening.callFrom', '2026-03-04T08:00:00-05:00'],
  ['screening.callUntil', '2026-03-04T21:00:00-05:00'],
])('shows %s as it is', (field, text) => {
  expect(maskCell(field, text)).toBe(text);
});

it('says of an empty cell that it is empty', () => {
  expect([maskCell('contact.name', null), maskCell('contact.name', '')]).toEqual([null, '']);
});

it('lets no text through whole that is about a person', () => {
  const shown = exportableFields.filter((field) => maskCell(field, 'Robin Miller-Canary') === 'Robin Miller-Canary');
  const about = /(value|name|Name|address\.\w+|dateOfBirth|externalId)$/;
  expect(shown.filter((field) => about.test(field))).toEqual([]);
});
