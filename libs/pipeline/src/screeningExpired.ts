/** The verdicts on a run's contacts are too old to be acted on: they must be made anew before anything is handed over. */
export class ScreeningExpired extends Error {
  /** When they were made. */
  readonly checkedAt: Date;
  readonly maxAgeMinutes: number;

  constructor(runId: string, { checkedAt, maxAgeMinutes }: { checkedAt: Date; maxAgeMinutes: number }) {
    super(`the verdicts of run ${runId} are older than ${maxAgeMinutes} minutes, or of another day`);
    this.name = 'ScreeningExpired';
    this.checkedAt = checkedAt;
    this.maxAgeMinutes = maxAgeMinutes;
  }
}
