import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type Reason } from '@muster/directory/guard/canInteract';
import { outsideReason } from '@muster/directory/guard/outsideReason';
import { type OutsideGuard } from '@muster/pipeline/outsideGuard';
import { type Judged } from './judgeQuestion.ts';

/**
 * What the company's own guard has against what our rules allow, where there is one; of several loans each must be allowed.
 * Nobody holds a connection to the database meanwhile. Throws TemporaryFailure where it gives no proper answer: then nothing
 * is decided.
 */
export async function askOutside(guard: OutsideGuard, judged: Judged, signal: AbortSignal): Promise<Reason[]> {
  const { question, verdict, settings, person, loans, contact } = judged;
  const url = settings.complianceGuardUrl;
  if (url === null || !verdict.allowed) return [];
  const { channel, theme, isAutodialed, checkAtCompanyNoon } = question;
  const loanIds = loans.length > 0 ? loans.map(({ id }) => id) : [null];
  const about = {
    personId: person.id,
    contactId: contact?.id ?? null,
    channel,
    theme,
    isAutodialed,
    checkAtCompanyNoon,
  };
  const checks = loanIds.map((loanId, at) => ({ ref: String(at), ...about, loanId }));
  const answers = await guard.check(url, checks, signal).catch((error: unknown) => {
    throw error instanceof PermanentFailure ? passing(error) : error;
  });
  const against = checks.flatMap(({ ref }) => outsideReason(answers.get(ref)) ?? []);
  return [...new Map(against.map((reason) => [reason.compared, reason])).values()];
}

/** Whoever asks us cannot mend the company's guard; once it is mended, the same question is fine. */
function passing({ code, message, details }: PermanentFailure) {
  return new TemporaryFailure(code, message, { details });
}
