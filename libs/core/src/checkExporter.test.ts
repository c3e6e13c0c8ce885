import { faultsOfColumnNames, refuseColumnField, refuseOutputName } from './checkExporter.ts';

it.each([
  ['=1+1', 'formulaName'],
  ['+x', 'formulaName'],
  ['-x', 'formulaName'],
  ['@x', 'formulaName'],
  ['\t=x', 'formulaName'],
  [' =x', 'formulaName'],
  ['\uff1dx', 'formulaName'],
  [' ', 'blankName'],
  ['\u00a0', 'blankName'],
  ['a\u202eb', 'unseenCharacters'],
  ['a\u2066b', 'unseenCharacters'],
  ['a\u200bb', 'unseenCharacters'],
  ['a\u200fb', 'unseenCharacters'],
  ['\ufeffa', 'unseenCharacters'],
  ['Total (a-b) = @c', undefined],
  ['\u540d\u524d', undefined],
])('says of the output name %j: %s', (name, code) => {
  expect(refuseOutputName(name)?.code).toBe(code);
});

it.each([
  ['screening.checkedAt', undefined],
  ['screening.callFrom', undefined],
  ['screening.callUntil', undefined],
  ['screening.calluntil', 'names no field that can be exported; did you mean screening.callUntil?'],
  ['screening.checked', 'names no field that can be exported; did you mean screening.checkedAt?'],
])('says of the field %s: %s', (field, message) => {
  expect(refuseColumnField(field)?.message).toBe(message);
});

it('names each column whose name an earlier one bears', () => {
  const columns = [{ field: 'a' }, { field: 'b', outputName: 'a' }, { field: 'c' }, { field: 'c', outputName: null }];
  expect(faultsOfColumnNames(columns).map(({ field }) => field)).toEqual(['[1].outputName', '[3].outputName']);
});

it('passes over what is no column', () => {
  expect(faultsOfColumnNames([null, 7, {}, { field: 7 }, { field: 7 }])).toEqual([]);
});
