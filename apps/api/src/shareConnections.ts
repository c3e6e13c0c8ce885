import { type CompanyDatabase, type OpenDatabase } from '@muster/db/openDatabase';
import { takeTurns } from './takeTurns.ts';
import { tooMany } from './tooMany.ts';

export interface Share {
  /** The most connections that one company has at a time; 0 is no limit. */
  most: number;
  /** How long a company that has them all waits for one of them; 5 s where absent, as long as for one of the pool. */
  waitMs?: number;
}

const WAIT_MS = 5_000;

/**
 * The database, of which one company has only its share, however much it asks for: the rest of the pool is there for the
 * others. What finds the share taken waits its turn, and then fails with a 429.
 */
export function shareConnections(db: OpenDatabase, { most, waitMs = WAIT_MS }: Share): OpenDatabase {
  if (most === 0) return db;
  const late = () => tooMany({ what: 'statements of one company at a time', limit: most, waitMs: 1_000 });
  const share = takeTurns({ most, waitMs, late });
  return {
    ...db,
    forCompany: (companyId) => sharing(db.forCompany(companyId), (work) => share(companyId, work)),
  };
}

type Turn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** What is done in a transaction has the transaction's connection, and needs no further turn. */
function sharing(company: CompanyDatabase, turn: Turn): CompanyDatabase {
  return {
    ...company,
    query: (sql, parameters) => turn(() => company.query(sql, parameters)),
    execute: (sql, parameters) => turn(() => company.execute(sql, parameters)),
    copyIn: (sql, from, signal) => turn(() => company.copyIn(sql, from, signal)),
    copyOut: (sql, to, signal) => turn(() => company.copyOut(sql, to, signal)),
    now: () => turn(() => company.now()),
    transaction: (work, opening) => turn(() => company.transaction(work, opening)),
  };
}
