import { consents, loans, people } from './borrowerTables.ts';
import { contacts } from './contactTable.ts';
import { type ImportKind } from './importInput.ts';
import { type ImportTable } from './importTable.ts';
import { doNotInteracts, interactions } from './interactionTables.ts';

const tables: Record<ImportKind, ImportTable> = {
  people,
  loans,
  contacts,
  consents,
  'do-not-interacts': doNotInteracts,
  interactions,
};

/** What a kind of import fills. */
export function tableOf(kind: ImportKind): ImportTable {
  return tables[kind];
}
