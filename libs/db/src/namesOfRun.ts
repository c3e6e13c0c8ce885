/** SQL for the `names` of a ring, in what a change of `run_step` returns. */
export const namesOfRun = `(select jsonb_build_object('campaignId', campaign_id, 'requestId', request_id)
  from run where run.id = run_step.run_id) as names`;
