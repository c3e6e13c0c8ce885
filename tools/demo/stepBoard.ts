import { type DemoStep } from './demoRun.ts';
import { stepLine } from './stepLine.ts';

/** Where the board is drawn: a terminal, or anything that takes text. */
export interface Canvas {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

const INDENT = '  ';
const USUAL_COLUMNS = 80;
const UP = (lines: number) => `\u001b[${lines}A`;
const CLEAR_LINE = '\u001b[2K';

/** Shows steps as they move: in place on a terminal, elsewhere a line for each change. */
export function stepBoard(out: Canvas): (steps: DemoStep[]) => void {
  let shown: string[] = [];
  return (steps) => {
    const lines = steps.map((step) => INDENT + stepLine(step));
    if (out.isTTY) out.write((shown.length > 0 ? UP(shown.length) : '') + lines.map((line) => fit(line, out)).join(''));
    else out.write(news(steps, lines, shown).join(''));
    shown = lines;
  };
}

function fit(line: string, { columns }: Canvas) {
  const width = columns || USUAL_COLUMNS; // a terminal that does not know its width says 0
  return `${CLEAR_LINE}${line.slice(0, width - 1)}\n`; // a line that wraps would spoil the count
}

function news(steps: DemoStep[], lines: string[], shown: string[]) {
  return lines
    .filter((line, i) => line !== shown[i] && !['pending', 'canceled'].includes(steps[i]?.status ?? ''))
    .map((line) => `${line}\n`);
}
