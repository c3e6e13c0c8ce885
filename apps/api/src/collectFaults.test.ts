import { InvalidInput, NotFound } from '@muster/core/errors';
import { collectFaults } from './collectFaults.ts';

const fault = (field: string, code = 'wrongForm') => ({ field, code, message: 'is wrong' });
const missing = new NotFound('contactExporterNotFound', 'there is none');

function thrownBy(act: () => void): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

it('throws nothing where nothing is wrong', () => {
  expect(thrownBy(collectFaults([]).throwAny)).toBeUndefined();
});

it('throws all of them together, what is found first and what is added', () => {
  const faults = collectFaults([fault('name')]);
  faults.add(fault('url'));
  faults.addMissing('contactExporterId', missing);
  const error = thrownBy(faults.throwAny) as InvalidInput;
  expect(error).toBeInstanceOf(InvalidInput);
  expect(error.faults.map(({ field }) => field)).toEqual(['name', 'url', 'contactExporterId']);
});

it('throws what is missing as it is, where that is all', () => {
  const faults = collectFaults([]);
  faults.addMissing('contactExporterId', missing);
  expect(thrownBy(faults.throwAny)).toBe(missing);
});

it('names each field once, and none whose whole or part is faulty', () => {
  const faults = collectFaults([fault('a.b'), fault('list[1].x')]);
  for (const field of ['a', 'a.b', 'a.b.c', 'list', 'ab', 'a.c']) faults.add(fault(field));
  const { faults: told } = thrownBy(faults.throwAny) as InvalidInput;
  expect(told.map(({ field }) => field)).toEqual(['a.b', 'list[1].x', 'ab', 'a.c']);
});

it('takes an unknown field for no fault of what it stands in, and a fault of the whole for one of each field', () => {
  expect(collectFaults([fault('a.x', 'unknownField')]).has('a')).toBe(false);
  expect(collectFaults([fault('')]).has('a')).toBe(true);
});
