const WHAT = 'died, or stood still: its lease ran out';

/**
 * Part of a statement: of a step that somebody held until the lease ran out, as `was` shows it, a line in the story of its run.
 * Whoever takes or ends such a step says so in the same statement. The holder stands apart: log.txt leaves it out.
 */
export const TELL_LOST = `
  insert into run_event (run_id, step, event, details)
  select run_id, name, 'step.lost',
    jsonb_build_object('attempt', attempt, 'heldBy', held_by, 'message', 'its worker ${WHAT}')
  from was where lease_until is not null`;

/** SQL for what such a line, or any other of a story, says to those who may know our workers. */
export const eventMessage = `coalesce((details ->> 'heldBy') || ' ${WHAT}', details ->> 'message')`;
