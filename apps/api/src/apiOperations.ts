import { alertOperations } from './alerts/operations.ts';
import { campaignOperations } from './campaigns/operations.ts';
import { companyOperations } from './company/operations.ts';
import { contactExporterOperations } from './contactExporters/operations.ts';
import { type ApiDeps } from './deps.ts';
import { directoryOperations } from './directory/operations.ts';
import { fileOperations } from './files/operations.ts';
import { guardOperations } from './guard/operations.ts';
import { importOperations } from './imports/operations.ts';
import { type Operation } from './operation.ts';
import { previewOperations } from './previews/operations.ts';
import { manageOperations } from './runs/manageOperations.ts';
import { runOperations } from './runs/operations.ts';
import { scheduleOperations } from './schedules/operations.ts';

/** All that the lending API does, in the order of its description. */
export function apiOperations(deps: ApiDeps): Operation[] {
  return [
    ...companyOperations(deps),
    ...directoryOperations(),
    ...guardOperations(deps),
    ...importOperations(deps),
    ...contactExporterOperations(),
    ...campaignOperations(deps),
    ...previewOperations(deps),
    ...scheduleOperations(),
    ...runOperations(deps),
    ...manageOperations(deps),
    ...alertOperations(deps),
    ...fileOperations(deps),
  ];
}
