/**
 * SQL for the delivery by which the contacts file of a run, whose id this is, counts as gone: from the commit of `renaming` on.
 * The log that follows it is no reason to stop.
 */
export const handedOver = (runId: string) => `delivery.run_id = ${runId} and file = 'contacts_output.csv'
  and state in ('renaming', 'delivered', 'unknown')
  and not exists (select from run_step
    where run_step.run_id = ${runId} and run_step.status <> 'succeeded' and name not in ('upload', 'report'))`;
