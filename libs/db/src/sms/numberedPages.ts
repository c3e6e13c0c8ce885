import { type CompanyDatabase } from '../openDatabase.ts';

/** A page by its number, from 1 on, as the SMS API has them. */
export interface NumberedPage {
  pageNumber: number;
  pageSize: number;
}

interface Listed {
  table: string;
  columns: string;
  /** What holds of those in the list, beside their company, which is `$1`: from `$2` on. */
  where?: string;
  parameters?: readonly unknown[];
}

// Under row-level security the planner takes a company's rows for few, and would read and sort them all: an index has them in order.
const IN_ORDER = 'set local enable_sort = off';

/** Reads a page of a company's objects, newest first. The first one costs the same however many there are. */
export function readNumberedPage<Row>(
  db: CompanyDatabase,
  { table, columns, where = 'true', parameters = [] }: Listed,
  { pageNumber, pageSize }: NumberedPage,
): Promise<Row[]> {
  const next = parameters.length + 2;
  const page = `select ${columns} from ${table} item where company_id = $1 and ${where}
    order by created_at desc, guid desc limit $${next} offset $${next + 1}`;
  return db.transaction(
    (tx) => tx.query<Row>(page, [db.companyId, ...parameters, pageSize, (pageNumber - 1) * pageSize]),
    IN_ORDER,
  );
}
