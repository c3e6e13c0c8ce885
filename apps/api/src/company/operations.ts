import { changeCompany, readCompany } from '@muster/db/companySettings';
import { type ApiDeps } from '../deps.ts';
import { operation, type Operation } from '../operation.ts';
import { UpdateCompany } from './dto.ts';
import { settleCompany } from './settleCompany.ts';
import { CompanyAnswer, companyView } from './views.ts';

const tag = 'The company';

/** The company: its settings. */
export function companyOperations(deps: ApiDeps): Operation[] {
  return [getOne, updateOne(deps)];
}

const getOne = operation({
  ...{ name: 'getCompany', summary: 'Get the company', tag, methods: ['get'], path: '', onlyUnderCompany: true },
  description:
    'The addresses that are called (`complianceGuardUrl`, `gateways`, `alertWebhook`, `smsWebhook`) are shown whole to those ' +
    'who have `company:write`; all others see the server only, as `https://hooks.example.com/…`.',
  scope: 'company:read',
  answer: { object: CompanyAnswer },
  refusals: [404],
  handle: async ({ company, caller }) => companyView(await readCompany(company), caller),
});

const updateOne = ({ box, allow, allowHttp }: ApiDeps) =>
  operation({
    ...{ name: 'updateCompany', summary: 'Change the company’s settings', tag, methods: ['put', 'patch'], path: '' },
    description:
      'Absent fields stay as they are; null clears. A new zone or dispatch window holds for all scheduled campaigns at ' +
      'once: what was due before is on record, and a slot that is moved into the past is skipped. 409 to ' +
      '`requireScreening` while contact exporters do not screen, naming them.',
    onlyUnderCompany: true,
    scope: 'company:write',
    body: { json: UpdateCompany },
    answer: { object: CompanyAnswer },
    refusals: [404, 409],
    writes: true,
    takesIfMatch: true,
    checksMore: true,
    handle: async ({ company, caller, body, faults, requireMatch }) => {
      const stored = await readCompany(company, { lock: true });
      requireMatch(companyView(stored, caller));
      const change = settleCompany(stored, body, { box, allow, allowHttp, faults });
      faults.throwAny();
      await changeCompany(company, stored, change);
      return companyView(await readCompany(company), caller);
    },
  });
