/** Something that keeps a promise, and how to take it away: a textual edit of one file. */
export interface Guard {
  name: string;
  /** What would happen without it, in a few words. */
  why: string;
  file: string;
  /** Must be found in the file exactly once, so that this list cannot rot. */
  find: string;
  replace: string;
  /** The test files of which at least one test must fail without it, and at least one must not. */
  tests: string[];
}
