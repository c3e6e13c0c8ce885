import fc from 'fast-check';
import { addStopInstruction, stopInstruction } from './addStopInstruction.ts';
import { readKeyword } from './readKeyword.ts';
import { smsParts } from './smsParts.ts';

const address = { keyword: 'GIV', channel: '1217' };
const instruction = 'Afmeld: send GIV STOP til 1217';

it('ends the text with what to send where', () => {
  expect(addStopInstruction('Tak for 20 kr.', address)).toBe(`Tak for 20 kr.\n${instruction}`);
  expect(addStopInstruction('Tak \n', address)).toBe(`Tak\n${instruction}`);
  expect(addStopInstruction('', address)).toBe(instruction);
});

it('tells to send what is understood as a wish to stop', () => {
  const [, sent = ''] = /send (.*) til/.exec(stopInstruction({ keyword: 'HJÆLP', channel: '1217' })) ?? [];
  expect(readKeyword(sent).stop).toEqual({ keyword: 'hjælp' });
});

it.each([
  `Tak.\n${instruction}`,
  'Tak. Send giv stop til 1217.',
  'Tak. Stop? "GIV STOP" to 1217!',
  'Tak. Stop: GIV  STOP 1217',
  'GIV STOP til 1217',
])('leaves a text that ends with the instruction: %j', (text) => {
  expect(addStopInstruction(text, address)).toBe(text);
});

it.each([
  'Send GIV STOP til 1217, eller bliv.',
  'Send GIV STOP',
  'Send GIV STOP til 1218',
  'Send LIV STOP til 1217',
  'Send NEGIV STOP til 1217',
  'GIV STOPPER 1217',
  'GIV STOP? Giv hellere mere til 1217',
  'STOP til 1217',
])('adds it to one that does not: %j', (text) => {
  expect(addStopInstruction(text, address)).toBe(`${text}\n${instruction}`);
});

it('does not double it', () => {
  const once = addStopInstruction('Tak', address);
  expect(addStopInstruction(once, address)).toBe(once);
});

it('stays within 9 parts to the last septet, and cuts the text rather than the instruction', () => {
  const room = 1377 - instruction.length - 1;
  const fitting = addStopInstruction('a'.repeat(room), address);
  expect(fitting).toBe(`${'a'.repeat(room)}\n${instruction}`);
  expect(smsParts(fitting)).toMatchObject({ units: 1377, parts: 9 });
  expect(addStopInstruction('a'.repeat(room + 1), address)).toBe(fitting);
  expect(addStopInstruction(`${'a'.repeat(1377)}\n${instruction}`, address)).toBe(fitting);
});

it('always ends with the instruction, within 9 parts, and loses nothing that fits', () => {
  const text = fc.array(fc.constantFrom('a', ' ', '€', 'æ', 'ê', '🎉', 'b'.repeat(90)), { maxLength: 700 });
  fc.assert(
    fc.property(text, (signs) => {
      const written = signs.join('');
      const sent = addStopInstruction(written, address);
      expect(sent.endsWith(instruction)).toBe(true);
      expect(smsParts(sent).parts).toBeLessThanOrEqual(9);
      const whole = `${written.trimEnd()}\n${instruction}`;
      expect(sent === whole.trimStart() || sent === whole || smsParts(whole).parts > 9).toBe(true);
      expect(sent).not.toMatch(/\p{Surrogate}/u);
    }),
    { seed: 7, numRuns: 200 },
  );
});
