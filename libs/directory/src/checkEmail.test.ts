import { checkEmail } from './checkEmail.ts';

it.each(['robin@example.com', 'r.miller+loans@mail.example.co.uk', 'ROBIN@EXAMPLE.COM', 'jürgen@example.de'])(
  'takes %s',
  (text) => {
    expect(checkEmail(text)).toBeUndefined();
  },
);

it.each([
  '',
  'robin',
  'robin@',
  '@example.com',
  'robin@localhost',
  'robin@example..com',
  '.robin@example.com',
  'robin miller@example.com',
  ' robin@example.com',
  'robin@example.com\u0000',
  'Robin <robin@example.com>',
  `${'r'.repeat(65)}@example.com`,
  `robin@${'example.'.repeat(40)}com`,
])('refuses %s', (text) => {
  expect(checkEmail(text)).toMatchObject({ code: 'emailInvalid' });
});

it('refuses a text without end', () => {
  expect(checkEmail(`${'r'.repeat(1_000_000)}@example.com`)).toMatchObject({ code: 'emailInvalid' });
});
