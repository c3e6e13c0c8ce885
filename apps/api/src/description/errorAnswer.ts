import { LONGEST_MESSAGE, MOST_FAULTS } from '../explainError.ts';
import { integer, list, raw, text } from '@muster/core/fields';

class FaultAnswer {
  @text({ max: 1_000, description: 'The faulty field, with its path; empty: the whole body' }) field!: string;
  @text({ description: 'Stable, for programs' }) code!: string;
  @text({ max: 10_000, lines: true, description: 'What is wrong and what to write, for people' }) message!: string;
}

/** What every refusal is answered with. */
export class ErrorAnswer {
  @integer({ min: 400, max: 599, description: 'The HTTP status' }) status!: number;
  @text({ description: 'Stable, for programs' }) code!: string;
  @text({ max: LONGEST_MESSAGE, lines: true, description: 'What is wrong, for people' }) message!: string;
  @list(() => FaultAnswer, { max: MOST_FAULTS, description: 'Every faulty field at once' }) errors!: FaultAnswer[];
  @raw({ type: 'object' }, { optional: true, description: 'Facts that help, such as the id of an active run' })
  details?: Record<string, unknown>;
  @text({ description: 'Finds the request in the logs' }) requestId!: string;
}
