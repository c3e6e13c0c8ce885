/** SQL for how long the company of a statement, called `company`, keeps its files. */
export const FILES_KEPT = `coalesce((company.retention_days ->> 'files')::int, 30) * interval '1 day'`;
