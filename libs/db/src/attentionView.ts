import { type StepName } from '@muster/pipeline/run';
import { unknownFiles } from './standingView.ts';
import { eventMessage } from './tellLost.ts';

/** Why a run needs a person, and what has happened. Instants are texts of PostgreSQL. */
export interface AttentionView {
  reason: 'parked' | 'unknown';
  since: string;
  events: AttentionEvent[];
  tries: AttentionTry[];
}

export interface AttentionEvent {
  at: string;
  step: StepName | null;
  event: string;
  code: string | null;
  message: string | null;
}

export interface AttentionTry {
  file: string;
  try: number;
  state: string;
  message: string | null;
  updatedAt: string;
}

const MOST_EVENTS = 100; // the last ones: the whole story is in log.txt

// As long as its alert is open: until it is retried, a later run of its campaign succeeds, or the campaign is deleted.
const isParked = `exists (select from alert
  where alert.run_id = item.id and alert.kind = 'run.parked' and alert.resolved_at is null)`;

/** The column that holds it, of the run called `item`; null for all runs but the few that need a person. */
export const attentionColumn = `
  case when exists (${unknownFiles}) or ${isParked} then
    jsonb_build_object(
      'reason', case when exists (${unknownFiles}) then 'unknown' else 'parked' end,
      'since', coalesce(item.finished_at, item.updated_at),
      'events', (select coalesce(jsonb_agg(jsonb_build_object('at', at, 'step', step, 'event', event,
          'code', coalesce(details ->> 'code', details ->> 'as'), 'message', ${eventMessage}) order by number), '[]')
        from (select * from run_event where run_event.run_id = item.id order by number desc limit ${MOST_EVENTS}) as last),
      'tries', (select coalesce(jsonb_agg(jsonb_build_object('file', file, 'try', try, 'state', state, 'message', message,
          'updatedAt', updated_at) order by file, try), '[]')
        from delivery where delivery.run_id = item.id))
  end`;
