import { TemporaryFailure } from '@muster/core/errors';
import { outsideGuardContract } from './contracts/outsideGuardContract.ts';
import { FakeOutsideGuard } from './fakeOutsideGuard.ts';

describe('the guard in memory', () => {
  outsideGuardContract(async () => {
    const guard = new FakeOutsideGuard();
    return {
      ...{ guard, url: 'https://guard.example.com/checks' },
      refuse: (contactId, code) => guard.refuse(contactId, code),
      forget: (contactId) => guard.forget(contactId),
      goAway: () => void guard.failures.push(new TemporaryFailure('outsideGuardUnavailable', 'it is away')),
      fallSilent: () => {
        guard.gate = new Promise(() => undefined);
        return () => guard.asked.length;
      },
    };
  });
});
