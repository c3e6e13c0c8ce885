import { type CompanyDatabase } from '@muster/db/openDatabase';
import { type ApiDeps } from '@muster/api/deps';
import { dieAt } from './crashPoints.ts';

const INSERTS_RUN = /^\s*insert into run \(/;

/** Puts the crash points between the API and what it needs to accept a run. */
export function withApiCrashPoints(deps: ApiDeps): ApiDeps {
  const { db, onRunAccepted } = deps;
  return {
    ...deps,
    db: { ...db, forCompany: (companyId) => crashing(db.forCompany(companyId)) },
    onRunAccepted: (companyId) => {
      dieAt('R3');
      return onRunAccepted(companyId);
    },
  };
}

/** A company's database whose transactions that insert a run may die before their end, and right after it. */
function crashing(company: CompanyDatabase): CompanyDatabase {
  return {
    ...company,
    transaction: async (work, opening) => {
      const seen = { insert: false };
      const watched = (tx: CompanyDatabase): CompanyDatabase => ({
        ...tx,
        query: (sql, parameters) => {
          if (INSERTS_RUN.test(sql)) seen.insert = true;
          return tx.query(sql, parameters);
        },
      });
      const result = await company.transaction(async (tx, opened) => {
        const done = await work(watched(tx), opened);
        if (seen.insert) dieAt('R1');
        return done;
      }, opening);
      if (seen.insert) dieAt('R2');
      return result;
    },
  };
}
