import { reasonCodes } from './reasonCodes.ts';

it('keeps codes, each once, whether they come as texts or in objects', () => {
  expect(reasonCodes(['onTheirList', { code: 'reg-f/7.in_7' }, { code: 'recent_call' }, 'onTheirList'])).toBe(
    'onTheirList unnamed recent_call',
  );
});

it('lets nothing through that may be about a person', () => {
  const personal = ['Jane Doe asked us not to', 'jane@example.com', '+12125550100', 'caller2125550100', 'a; b', 'a\nb'];

  for (const reason of [...personal, 7, null, {}, ['a'], '', 'é']) expect(reasonCodes([reason])).toBe('unnamed');
});

it('is silent where nothing was said', () => {
  expect(reasonCodes([])).toBeNull();
});

it('never grows beyond 200 characters', () => {
  const many = Array.from({ length: 5_000 }, (_, at) => `reason-${String(at)}`);

  expect(reasonCodes(many)?.length).toBeLessThanOrEqual(200);
  expect(reasonCodes(many)).toMatch(/^reason-0 reason-1 /);
});
