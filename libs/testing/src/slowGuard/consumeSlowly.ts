/** What was reserved for a person, and what was tried; times in hours, loans by number. */
export interface SlowReservation {
  channel: 'voice' | 'text';
  loan: number | null;
  reservedAt: number;
  expiresAt: number;
  released: boolean;
}

export interface SlowAttempt {
  channel: 'voice' | 'text' | 'email';
  direction: 'inbound' | 'outbound';
  status: 'scheduled' | 'attempted' | 'succeeded' | 'failed' | 'canceled' | 'inProgress';
  theme: 'opsCollDebt' | 'opsCollLocateBorrower' | 'agentNotification' | 'opsServicing' | 'marketing';
  loans: readonly number[];
  startedAt: number;
}

/**
 * Which attempt consumes each reservation of a person, by position; null where none does. The contract word for word, one
 * attempt after the other, for SQL to be compared with. The reservations are in the order of their time.
 */
export function consumeSlowly(
  reservations: readonly SlowReservation[],
  attempts: readonly SlowAttempt[],
): (number | null)[] {
  const consumedBy: (number | null)[] = reservations.map(() => null);
  const inOrder = attempts.map((attempt, at) => ({ attempt, at }));
  inOrder.sort((a, b) => a.attempt.startedAt - b.attempt.startedAt);
  for (const { attempt, at } of inOrder) {
    const oldest = reservations.findIndex(
      (reservation, n) => consumedBy[n] === null && !reservation.released && mayConsume(attempt, reservation),
    );
    if (oldest >= 0) consumedBy[oldest] = at;
  }
  return consumedBy;
}

function mayConsume(attempt: SlowAttempt, { channel, loan, reservedAt, expiresAt }: SlowReservation) {
  const counts =
    attempt.direction === 'outbound' &&
    ['attempted', 'succeeded', 'inProgress'].includes(attempt.status) &&
    ['opsCollDebt', 'opsCollLocateBorrower', 'agentNotification'].includes(attempt.theme);
  const isOfLoan = loan === null || attempt.loans.length === 0 || attempt.loans.includes(loan);
  const isInTime = attempt.startedAt > reservedAt && attempt.startedAt < expiresAt;
  return counts && attempt.channel === channel && isOfLoan && isInTime;
}
