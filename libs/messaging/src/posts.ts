/** One try of a post: every write names it, and of one that another has overtaken nothing is recorded. */
export interface PostLease {
  postGuid: string;
  attempt: number;
}

/** What a post tells of: texts that came in, to the organisation's webhook; or one that was asked for, to its callback. */
export type PostKind = 'received' | 'sent';

/** A post, taken for one try. */
export interface ClaimedPost extends PostLease {
  companyId: string;
  kind: PostKind;
  /** Which try this is, from 1; what a stopping worker gave back does not count. */
  tries: number;
  /** When it began, by the database's clock. */
  triedAt: Date;
  url: string;
  /** The texts as the receiver is told of them, those that came in in their order. */
  items: readonly object[];
  /** Opens the secret that signs; null where there is none. Throws PermanentFailure `secretUnreadable`. */
  readSecret(): string | null;
}

/**
 * What organisations are still to be told, in PostgreSQL, where the truth is: it is written down in the transaction that ends a
 * text. A worker that dies leaves its post to the next one, with the same guid and the same texts.
 */
export interface Posts {
  /**
   * Takes a post whose time has come, that of a company first that has the fewest under way, and of none that has as many as it
   * may have. Texts that came in and are in no post yet are put into one before: so the first tries of a company's posts are made
   * one after the other. Undefined: none waits.
   */
  claim(): Promise<ClaimedPost | undefined>;
  noteDelivered(lease: PostLease): Promise<void>;
  /** To be tried again after `delayMs`. */
  postpone(lease: PostLease, delayMs: number, code: string): Promise<void>;
  /** It is tried no more. */
  giveUp(lease: PostLease, code: string): Promise<void>;
  /** Gives it back uncounted, for a worker that must go. */
  release(lease: PostLease): Promise<void>;
}
