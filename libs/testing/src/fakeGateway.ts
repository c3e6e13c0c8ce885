import { PermanentFailure, TemporaryFailure } from '@muster/core/errors';
import { type GatewayAddress } from '@muster/messaging/gateways';

/** The codes of a gateway's failures. */
interface Codes {
  unavailable: string;
  /** The same key came with something else. */
  misused: string;
}

interface Asking<Order, Answer> {
  at: GatewayAddress;
  order: Order;
  signal: AbortSignal;
  /** Does what was asked, or not; the answer is given to all that comes with its key from then on. */
  carryOut: () => Answer;
}

/** What the gateways in memory have in common: the answer to each key, and what goes wrong. */
export class FakeGateway<Order extends { key: string }, Answer> {
  /** Every request, also one that failed or had come before. */
  readonly asked: { at: GatewayAddress; order: Order }[] = [];
  /** Thrown, one a request; nothing is taken of these. */
  readonly failures: Error[] = [];
  /** Until it is over, or the signal says stop, what is taken is not answered. */
  gate: Promise<void> | undefined;
  private readonly codes: Codes;
  private readonly answers = new Map<string, { words: string; answer: Answer }>();
  private repliesToLose = 0;

  protected constructor(codes: Codes) {
    this.codes = codes;
  }

  /** Takes the next request that it would answer, and never says so. */
  loseNextReply() {
    this.repliesToLose++;
  }

  protected async answer({ at, order, signal, carryOut }: Asking<Order, Answer>): Promise<Answer> {
    signal.throwIfAborted();
    this.asked.push({ at, order });
    const failure = this.failures.shift();
    if (failure) throw failure;
    const answer = this.answerOnce(order, carryOut);
    const isLost = this.repliesToLose > 0;
    if (isLost) this.repliesToLose--;
    await this.opened(signal);
    if (isLost) throw new TemporaryFailure(this.codes.unavailable, 'the reply was lost');
    return answer;
  }

  private answerOnce(order: Order, carryOut: () => Answer): Answer {
    const words = JSON.stringify(order);
    const known = this.answers.get(order.key) ?? { words, answer: carryOut() };
    this.answers.set(order.key, known);
    if (known.words === words) return known.answer;
    throw new PermanentFailure(this.codes.misused, 'this key came with something else before');
  }

  private async opened(signal: AbortSignal) {
    await Promise.resolve(); // as a network does: those who ask at a time meet
    const { gate } = this;
    if (!gate) return;
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      void gate.then(resolve);
    });
  }
}
