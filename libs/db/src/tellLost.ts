/**
 * Part of a statement: of a step that somebody held until the lease ran out, as `was` shows it, a line in the story of its run.
 * Whoever takes or ends such a step says so in the same statement.
 */
export const TELL_LOST = `
  insert into run_event (run_id, step, event, details)
  select run_id, name, 'step.lost', jsonb_build_object('attempt', attempt,
    'message', coalesce(held_by, 'its worker') || ' died, or stood still: its lease ran out')
  from was where lease_until is not null`;
