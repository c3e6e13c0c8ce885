import { instant, integer, list, oneOf, raw, text } from '@muster/core/fields';
import { attentions, type RunView } from '@muster/db/runViews';
import { deliveryStates } from '@muster/pipeline/deliveries';
import { stepNames } from '@muster/pipeline/run';
import { type Action, type ActionOptions, actionsOf, actionsSchema } from './actionsOf.ts';

const anyText = { max: 10_000, lines: true, nullable: true } as const;

class AttentionEventAnswer {
  @instant({ description: 'When it happened' }) at!: Date;
  @oneOf(stepNames, { nullable: true, description: 'In which step; null: in none' }) step!: string | null;
  @text({ description: 'What happened', example: 'run.failed' }) event!: string;
  @text({ nullable: true, description: 'Of a failure, for programs; of a delivery that was resolved, as what' }) code!:
    string | null;
  @text({ ...anyText, description: 'Of a failure, for people' }) message!: string | null;
}

class AttentionTryAnswer {
  @text({ description: 'Which of the run’s files', example: 'contacts_output.csv' }) file!: string;
  @integer({ min: 1, description: 'Which try it was' }) try!: number;
  @oneOf(deliveryStates, { description: 'What came of it' }) state!: string;
  @text({ ...anyText, description: 'Why' }) message!: string | null;
  @instant({ description: 'When that was known' }) updatedAt!: Date;
}

/** Why a run needs a person, what has happened, and what can be done. */
export class AttentionAnswer {
  @oneOf(attentions, {
    description: '`parked`: a step has killed its workers; `unknown`: nobody knows whether a file was delivered',
  })
  reason!: string;
  @instant({ description: 'Since when' }) since!: Date;
  @raw(
    { type: 'array', items: { type: 'string' } },
    { description: 'The files whose deliveries are in doubt, each to be resolved', example: ['contacts_output.csv'] },
  )
  unknownFiles!: string[];
  @raw(actionsSchema, {
    description: 'As `actions` of the run',
    example: ['resolveAsDelivered', 'resolveAsNotDelivered'],
  })
  actions!: Action[];
  @list(() => AttentionEventAnswer, { description: 'What happened, the last 100 events in their order' })
  events!: AttentionEventAnswer[];
  @list(() => AttentionTryAnswer, { description: 'All tries to deliver its files' }) tries!: AttentionTryAnswer[];
}

/** Why a run needs a person, as it is answered; null for those that need nobody. */
export function attentionOf(run: RunView, options: ActionOptions): AttentionAnswer | null {
  const { attention, standing } = run;
  if (!attention) return null;
  const { reason, since, events, tries } = attention;
  return {
    ...{ reason, since: new Date(since), unknownFiles: standing.unknownFiles, actions: actionsOf(run, options) },
    events: events.map(({ at, step, event, code, message }) => ({ at: new Date(at), step, event, code, message })),
    tries: tries.map(({ updatedAt, ...rest }) => ({ ...rest, updatedAt: new Date(updatedAt) })),
  };
}
