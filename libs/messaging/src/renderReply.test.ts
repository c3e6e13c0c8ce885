import fc from 'fast-check';
import { plainAmount, renderReply, renderUrl, type ReplyValues } from './renderReply.ts';

const values: ReplyValues = {
  phone: '4512345678',
  url: 'https://giiv.dk/x1',
  amount: 20,
  keyword: 'GIV',
  channel: '1217',
};
const nothing: ReplyValues = { phone: null, url: null, amount: null, keyword: null, channel: null };

it('puts each value for its word, as often as it is there', () => {
  const template = '[phone] gave [amount] with [keyword] to [channel]. [url] [url]';
  expect(renderReply(template, values)).toBe(
    '4512345678 gave 20 with GIV to 1217. https://giiv.dk/x1 https://giiv.dk/x1',
  );
});

it.each(['[Phone]', '[PHONE]', '[phone ]', '[name]', '[]', '[phone', 'phone]', '{phone}', '[constructor]'])(
  'leaves what it does not know as it is: %s',
  (template) => {
    expect(renderReply(template, values)).toBe(template);
  },
);

it('reads the innermost brackets', () => {
  expect(renderReply('[[keyword]]', values)).toBe('[GIV]');
});

it('leaves a word whose value is not known', () => {
  expect(renderReply('[phone] [url] [amount] [keyword] [channel]', nothing)).toBe(
    '[phone] [url] [amount] [keyword] [channel]',
  );
});

it.each(['[url]', '[phone][url]', '$&', '$1', '$`', '[[url]]'])('never expands what a value holds: %s', (keyword) => {
  expect(renderReply('<[keyword]>', { ...values, keyword })).toBe(`<${keyword}>`);
});

it.each([
  [20, '20'],
  [20.5, '20.50'],
  [20.05, '20.05'],
  [0, '0'],
  [0.1 + 0.2, '0.30'],
  [1.005, '1.01'],
  [370, '370'],
  [1000, '1000'],
])('writes the amount %d as %s', (amount, text) => {
  expect(plainAmount(amount)).toBe(text);
  expect(renderReply('[amount]', { ...nothing, amount })).toBe(text);
});

it('puts the number into an address so that it stays one value', () => {
  expect(renderUrl('https://a.example/?p=[phone]&q=[phone]', '4512345678')).toBe(
    'https://a.example/?p=4512345678&q=4512345678',
  );
  expect(renderUrl('https://a.example/?p=[phone]', '+45 1&x=$&')).toBe('https://a.example/?p=%2B45%201%26x%3D%24%26');
  expect(renderUrl('https://a.example/[Phone]', '45')).toBe('https://a.example/[Phone]');
});

it('leaves a text without brackets alone', () => {
  const plain = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('['));
  fc.assert(
    fc.property(plain, (text) => {
      expect(renderReply(text, values)).toBe(text);
    }),
    { seed: 7, numRuns: 100 },
  );
});
