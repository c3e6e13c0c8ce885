import { type Schema } from '@muster/core/fields';

const OURS = 'Our id';
const OUR_OR_OWN = 'Our id, or `ext-` and the company’s own `externalId`';
const ANY = 'Our id, the integer `displayId`, or `ext-` and the company’s own `externalId`';

const meanings: Record<string, string> = {
  campaignId: OUR_OR_OWN,
  contactExporterId: OUR_OR_OWN,
  contactId: OUR_OR_OWN,
  doNotInteractId: OUR_OR_OWN,
  interactionId: OUR_OR_OWN,
  personId: ANY,
  loanId: ANY,
  caseId: 'Its id, an integer, or `ext-` and its external id; cases are only named here',
  runId: OURS,
  alertId: OURS,
  fileId: OURS,
  importId: 'Our id; where a load is started, the kind of its rows',
  file: 'The name of a file of the run, such as `contacts_output.csv`',
};

/** The names in a path, as parameters of a description. Throws for a name that nobody has explained. */
export function pathParameters(path: string) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const description = meanings[name];
    if (description === undefined) throw new Error(`pathParameters.ts does not say what {${name}} is`);
    const schema: Schema = { type: 'string' };
    return { name, in: 'path', required: true, schema, description };
  });
}
