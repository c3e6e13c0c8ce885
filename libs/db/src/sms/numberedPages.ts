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

/** Reads a page of a company's objects, newest first. */
export function readNumberedPage<Row>(
  db: CompanyDatabase,
  { table, columns, where = 'true', parameters = [] }: Listed,
  { pageNumber, pageSize }: NumberedPage,
): Promise<Row[]> {
  const next = parameters.length + 2;
  return db.query<Row>(
    `select ${columns} from ${table} item where company_id = $1 and ${where}
     order by created_at desc, guid desc limit $${next} offset $${next + 1}`,
    [db.companyId, ...parameters, pageSize, (pageNumber - 1) * pageSize],
  );
}
