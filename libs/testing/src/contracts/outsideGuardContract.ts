import { TemporaryFailure } from '@muster/core/errors';
import { type OutsideCheck, type OutsideGuard } from '@muster/pipeline/outsideGuard';
import { waitFor } from '../waitFor.ts';

/** A guard to try, and the one behind it. */
export interface OutsideGuardUnderTest {
  guard: OutsideGuard;
  url: string;
  /** Says no to a contact, with this code. */
  refuse(contactId: string, code: string): void;
  /** Never answers for a contact. */
  forget(contactId: string): void;
  /** Is away from now on. */
  goAway(): void;
  /** Answers nothing from now on; gives the number of batches that have come in. */
  fallSilent(): () => number;
}

const never = new AbortController().signal;
const checks = ['1', '2', '3'].map((ref): OutsideCheck => ({
  ...{ ref, personId: 'BO-AAAA-AAAA', contactId: `CT-AAAAAA-AAAAA${ref}`, channel: 'voice', theme: 'opsCollDebt' },
  ...{ loanId: null, isAutodialed: false, checkAtCompanyNoon: true },
}));

/** What every outside guard promises. Call inside `describe`, with a function that prepares one that allows everybody. */
export function outsideGuardContract(prepare: () => Promise<OutsideGuardUnderTest>) {
  it('gives what was said of each check, by its ref', async () => {
    const { guard, url, refuse } = await prepare();
    refuse('CT-AAAAAA-AAAAA2', 'onTheirList');

    expect(Object.fromEntries(await guard.check(url, checks, never))).toEqual({
      1: { allowed: true, said: null },
      2: { allowed: false, said: 'onTheirList' },
      3: { allowed: true, said: null },
    });
  });

  it('leaves out what was not answered', async () => {
    const { guard, url, forget } = await prepare();
    forget('CT-AAAAAA-AAAAA2');

    expect([...(await guard.check(url, checks, never)).keys()]).toEqual(['1', '3']);
  });

  it('is well when it answers a question about nobody', async () => {
    const { guard, url } = await prepare();
    await expect(guard.probe(url, never)).resolves.toBeUndefined();
  });

  it.each(['check', 'probe'] as const)('throws a temporary failure while it is away: %s', async (how) => {
    const { guard, url, goAway } = await prepare();
    goAway();

    const asked = how === 'check' ? guard.check(url, checks, never) : guard.probe(url, never);
    const failure: unknown = await asked.catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(TemporaryFailure);
    expect(failure).toMatchObject({ code: 'outsideGuardUnavailable' });
  });

  it('stops at once when told to, with the reason it was given', async () => {
    const { guard, url, fallSilent } = await prepare();
    const seen = fallSilent();
    const stop = new AbortController();
    const reason = new Error('the lease is lost');
    const ended = guard.check(url, checks, stop.signal).catch((error: unknown) => error);
    await waitFor(() => seen() > 0);

    stop.abort(reason);

    expect(await ended).toBe(reason);
    await expect(guard.check(url, checks, stop.signal)).rejects.toBe(reason);
    expect(seen()).toBe(1);
  });
}
