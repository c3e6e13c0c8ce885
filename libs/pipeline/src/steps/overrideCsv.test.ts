import { overrideCsv } from './overrideCsv.ts';

it('gives every column that any row has, in the order in which they are first seen', () => {
  expect(overrideCsv([{ borrowerId: 1 }, { loanId: 7, borrowerId: 2 }])).toBe('borrowerId,loanId\r\n1,\r\n2,7\r\n');
});

it('tells null from an empty text, and quotes what would break a line or a cell', () => {
  expect(overrideCsv([{ a: null, b: '', c: 'x,"y"\n', d: true }])).toBe('a,b,c,d\r\n,"","x,""y""\n",true\r\n');
});

it('gives a header alone where there are no rows', () => {
  expect(overrideCsv([])).toBe('borrowerId\r\n');
});
