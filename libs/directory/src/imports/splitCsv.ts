import { fileFault, MOST_LINE_LENGTH } from './fileFault.ts';

/** One record and the line on which it begins; the header is on line 1. */
export interface CsvRecord {
  line: number;
  cells: string[];
}

export interface CsvSplitter {
  /** Takes the next piece of the text; gives the records that it completes. */
  take(text: string): CsvRecord[];
  /** The record that has no line end, if there is one. */
  end(): CsvRecord[];
}

/**
 * Splits CSV as RFC 4180 says; empty lines are no records. Throws InvalidInput naming the line: `quoteStray`,
 * `quoteOpen`, `lineTooLong`, `lineEnds`. Written by hand because
 * a bulk load must never hold more than one record of whatever is sent, and because fast-csv takes 20 s of CPU to split a
 * million of them, which must be loaded within a minute.
 */
export function splitCsv(): CsvSplitter {
  let rest = '';
  let line = 1;

  const split = (text: string, isEnd: boolean) => {
    const records: CsvRecord[] = [];
    let from = 0;
    let quote = -1; // the next one: looked for once, not once a record
    while (from < text.length) {
      if (quote < from) quote = indexOrEnd(text, '"', from);
      const lineEnd = indexOrEnd(text, '\n', from);
      const record = lineEnd <= quote ? plainRecord(text, from, lineEnd) : quotedRecord(text, from, { isEnd, line });
      const isWhole = record !== undefined && (isEnd || lineEnd < text.length);
      if ((isWhole ? record.end : text.length) - from > MOST_LINE_LENGTH) throw tooLong(text.slice(from), line);
      if (!isWhole) break;
      from = record.end;
      if (line === 1) refuseLineEnds(record.cells);
      if (record.cells.length > 1 || record.cells[0] !== '') records.push({ line, cells: record.cells });
      line += record.lines;
    }
    rest = text.slice(from);
    return records;
  };
  return {
    take: (text) => split(rest + text, false),
    end: () => split(rest, true),
  };
}

function indexOrEnd(text: string, what: string, from: number) {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at;
}

interface Found {
  cells: string[];
  /** Where the next record begins. */
  end: number;
  lines: number;
}

/** A record without quotes, which is nearly all of them. */
function plainRecord(text: string, from: number, lineEnd: number): Found {
  const end = text.charCodeAt(lineEnd - 1) === 13 && lineEnd > from ? lineEnd - 1 : lineEnd;
  return { cells: text.slice(from, end).split(','), end: lineEnd + 1, lines: 1 };
}

/** A record with quotes somewhere in it, cell by cell. */
function quotedRecord(
  text: string,
  from: number,
  { isEnd, line }: { isEnd: boolean; line: number },
): Found | undefined {
  const cells: string[] = [];
  let lines = 1;
  let at = from;
  for (;;) {
    const cell = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at);
    if (cell === undefined || (!isEnd && cell.end >= text.length - 1)) {
      if (!isEnd) return undefined; // what comes next decides
      throw fileFault(line, 'quoteOpen', 'opens a quote that is never closed');
    }
    cells.push(cell.text);
    if (text[at] === '"') lines += cell.text.split('\n').length - 1;
    const end = text.startsWith('\r\n', cell.end) ? cell.end + 1 : cell.end;
    if (end >= text.length) return { cells, end, lines };
    if (text[end] === '\n') return { cells, end: end + 1, lines };
    if (text[cell.end] !== ',') throw fileFault(line, 'quoteStray', stray);
    at = cell.end + 1;
  }
}

/** The cell whose quote opens at `at`; undefined where its end has not come yet. */
function quotedCell(text: string, at: number) {
  let close = text.indexOf('"', at + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  return close < 0 ? undefined : { text: text.slice(at + 1, close).replaceAll('""', '"'), end: close + 1 };
}

function plainCell(text: string, at: number) {
  PLAIN_END.lastIndex = at;
  const end = PLAIN_END.exec(text)?.index ?? text.length;
  return { text: text.slice(at, end), end };
}
const PLAIN_END = /[",\n]|\r\n/g;

// Old Macs ended lines with CR alone: the whole file would be one header.
function refuseLineEnds(header: readonly string[]) {
  if (header.some((cell) => cell.includes('\r'))) throw crAlone();
}

function tooLong(text: string, line: number) {
  if (line === 1 && text.includes('\r')) return crAlone();
  return fileFault(line, 'lineTooLong', 'is longer than 1 MB: is there a quote that nobody closed?');
}

const crAlone = () => fileFault(1, 'lineEnds', 'ends its lines with CR alone: end them with CRLF or LF');
const stray = 'has a quote within a cell: put the whole cell in quotes, and double those within';
