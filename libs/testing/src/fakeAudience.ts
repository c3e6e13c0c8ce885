import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import {
  type Audience,
  type InputCounts,
  type MatchCache,
  type MatchCounts,
  type Matching,
  type OutsideAsking,
} from '@muster/pipeline/ports';

interface Made {
  input?: Partial<InputCounts>;
  matched?: Partial<MatchCounts>;
  /** The contacts that the rules let through. */
  letThrough?: string[];
}

/**
 * Matching in memory, for tests of what goes on around it: it keeps its cache like PostgreSQL does, loses it when told so,
 * and finds what it was made with.
 */
export class FakeAudience implements Audience {
  /** The caches that there are: the rows that each holds. */
  readonly caches = new Map<string, string>();
  readonly asked: string[] = [];
  private readonly input: InputCounts;
  private readonly matched: MatchCounts;
  private readonly letThrough: string[];

  constructor({ input = {}, matched = {}, letThrough = [] }: Made) {
    this.input = { rows: 0, invalid: 0, duplicate: 0, unknownBorrower: 0, goOn: 0, ...input };
    this.letThrough = letThrough;
    this.matched = { noContact: 0, matched: 0, contacts: 0, screenedOut: {}, exported: 0, ...matched };
  }

  /** PostgreSQL has crashed, and its unlogged tables are empty. */
  loseCaches() {
    this.caches.clear();
  }

  async load(_scope: unknown, csv: Readable) {
    this.asked.push('load');
    const [header = ''] = (await text(csv)).split('\r\n');
    return { ...this.input, columns: header.split(',') };
  }

  writeInput(_scope: unknown, to: Writable) {
    return this.write('writeInput', 'id\r\n', to);
  }

  async askOutside(_scope: unknown, { exporter }: Matching, { ask }: OutsideAsking) {
    this.asked.push('askOutside');
    const { theme = null } = exporter.checkCanInteractData ?? {};
    const about = { channel: 'voice', theme, loanId: null, isAutodialed: false, checkAtCompanyNoon: true };
    const answers = await ask(
      this.letThrough.map((contactId) => ({ ref: contactId, personId: 'BO-AAAA-BBBB', contactId, ...about })),
    );
    const allowed = [...answers.values()].filter((answer) => answer.allowed);
    return { asked: this.letThrough.length, allowed: allowed.length };
  }

  async match(_scope?: unknown, matching?: Matching) {
    this.asked.push('match');
    const cache = { table: 'cache', marker: 'whole' };
    this.caches.set(cache.table, 'matched rows');
    return { counts: this.matched, cache, rulePacks: matching?.exporter.checkCanInteractData ? ['reg-f 1'] : [] };
  }

  writeExclusions(_scope: unknown, to: Writable) {
    return this.write('writeExclusions', 'line,reasons\r\n', to);
  }

  writeMatches({ table }: MatchCache, to: Writable) {
    return this.write('writeMatches', this.caches.get(table) ?? '', to);
  }

  async holds({ table }: MatchCache) {
    return this.caches.has(table);
  }

  async restore(_scope: unknown, _matching: unknown, matches: Readable) {
    this.asked.push('restore');
    this.caches.set('restored', await text(matches));
    return { table: 'restored', marker: 'whole' };
  }

  async writeContacts({ table }: MatchCache, _matching: unknown, to: Writable) {
    await this.write('writeContacts', this.caches.get(table) ?? '', to);
    return this.matched.exported;
  }

  async drop() {
    this.caches.clear();
  }

  dropSoon() {
    this.caches.clear();
  }

  async dropEnded() {
    return 0;
  }

  private async write(name: string, content: string, to: Writable) {
    this.asked.push(name);
    await pipeline(Readable.from([content]), to);
    return content.split('\r\n').length - 2;
  }
}
