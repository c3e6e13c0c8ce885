import { type OutsideAnswer, type OutsideCheck, type OutsideGuard } from '@muster/pipeline/outsideGuard';

/** A company's compliance guard in memory: allows what it was not told to refuse or to leave unanswered, and fails where told to. */
export class FakeOutsideGuard implements OutsideGuard {
  /** Every batch that it was asked about. */
  readonly asked: { url: string; checks: readonly OutsideCheck[] }[] = [];
  /** The addresses at which it was tried. */
  readonly probed: string[] = [];
  /** Thrown, one a batch or probe. */
  readonly failures: Error[] = [];
  /** Until it is over, or the signal says stop, nothing is answered. */
  gate: Promise<void> | undefined;
  /** Batches that are being answered now, and the most that there were at a time. */
  readonly underWay = { now: 0, most: 0 };
  private readonly refused = new Map<string | null, string>();
  private readonly forgotten = new Set<string | null>();

  /** Says no to a contact. */
  refuse(contactId: string, said = 'onTheirList') {
    this.refused.set(contactId, said);
  }

  /** Never answers for a contact. */
  forget(contactId: string) {
    this.forgotten.add(contactId);
  }

  async check(url: string, checks: readonly OutsideCheck[], signal: AbortSignal): Promise<Map<string, OutsideAnswer>> {
    signal.throwIfAborted();
    this.asked.push({ url, checks });
    this.underWay.most = Math.max(this.underWay.most, ++this.underWay.now);
    try {
      await this.opened(signal);
      const failure = this.failures.shift();
      if (failure) throw failure;
      const known = checks.filter(({ contactId }) => !this.forgotten.has(contactId));
      return new Map(known.map(({ ref, contactId }) => [ref, this.answerOf(contactId)]));
    } finally {
      this.underWay.now--;
    }
  }

  async probe(url: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.probed.push(url);
    await this.opened(signal);
    const failure = this.failures.shift();
    if (failure) throw failure;
  }

  private answerOf(contactId: string | null): OutsideAnswer {
    return { allowed: !this.refused.has(contactId), said: this.refused.get(contactId) ?? null };
  }

  private async opened(signal: AbortSignal) {
    await Promise.resolve(); // as a network does: those who ask at a time meet
    if (!this.gate) return;
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      void this.gate?.then(resolve);
    });
  }
}
