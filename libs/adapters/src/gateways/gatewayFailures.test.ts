import { smsErrors } from '@muster/messaging/smsErrors';
import {
  gatewayMalformed,
  gatewayNotEncrypted,
  gatewayRefusal,
  gatewayUnavailable,
  gatewayUntrusted,
} from './gatewayFailures.ts';

it.each(['text', 'payment'] as const)('has a number for clients for whatever a %s gateway fails with', (kind) => {
  const gateway = { kind, host: 'pay.example.com' };
  const statuses = [302, 400, 401, 402, 403, 404, 405, 408, 409, 422, 425, 429, 500, 503];
  const failures = [
    ...[gatewayUnavailable(gateway, 'is away'), gatewayMalformed(gateway, 'says x'), gatewayNotEncrypted(gateway)],
    ...[
      gatewayUntrusted(gateway, 'CERT_HAS_EXPIRED'),
      ...statuses.map((status) => gatewayRefusal(gateway, status, {})),
    ],
  ];
  const names = new Set(failures.map(({ code }) => code));
  expect(names.size).toBe(8);
  for (const name of names) expect([name, Object.hasOwn(smsErrors, name)]).toEqual([name, true]);
});
