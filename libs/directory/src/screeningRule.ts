/** What a rule may look at beside the row r and the contact c; all of it as SQL. */
export interface ScreeningFacts {
  companyId: string;
  theme: string;
  /** The rows that go on: a rule that gathers by person keeps to these. */
  rows: string;
  /** The company's zone, and the moment of the verdict. */
  timeZone: string;
  now: string;
}

/** A rule of the guard as SQL. Its code is what counts and exclusions name. */
export interface ScreeningRule {
  code: string;
  /** Joins at most one row to each contact c of row r. */
  join: (facts: ScreeningFacts) => string;
  /** Whether it refuses contact c. What cannot be told (null) refuses too. */
  refuses: string;
}
