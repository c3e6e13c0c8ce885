import { fileFault, MOST_LINE_LENGTH } from './fileFault.ts';

/** A line of a file, without its end, and its number from 1 on. */
export interface NumberedLine {
  line: number;
  text: string;
}

export interface LineSplitter {
  /** Takes the next piece of the text; gives the lines that it completes. */
  take(text: string): NumberedLine[];
  /** The line that has no end, if there is one. */
  end(): NumberedLine[];
}

/** Splits a text into its lines; blank ones are counted and left out. Throws InvalidInput `lineTooLong`. */
export function splitLines(): LineSplitter {
  let rest = '';
  let line = 1;
  const numbered = (texts: string[]) => texts.flatMap((text) => number(text, line++));
  return {
    take: (text) => {
      const texts = (rest + text).split('\n');
      rest = texts.pop() ?? '';
      const lines = numbered(texts);
      if (rest.length > MOST_LINE_LENGTH) throw tooLong(line);
      return lines;
    },
    end: () => numbered([rest]),
  };
}

function number(text: string, line: number): NumberedLine[] {
  if (text.length > MOST_LINE_LENGTH) throw tooLong(line);
  return text.trim() === '' ? [] : [{ line, text }];
}

const tooLong = (line: number) => fileFault(line, 'lineTooLong', 'is longer than 1 MB: one object a line, please');
