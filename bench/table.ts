import { type Figure, verdictOf, withUnit } from './figure.ts';

const HEAD = ['case', 'what', 'ours', 'peer', 'figure', ''];
const RIGHT = new Set([2, 3, 4]); // columns of numbers

/** All figures as a table for a terminal, one line each, that ends with its verdict. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [HEAD, ...figures.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows.map((cells) => lineOf(cells, widths)).join('\n');
}

function cellsOf(figure: Figure): string[] {
  const { what, ours, peer, value, unit } = figure;
  return [figure.case, what, ours, peer, withUnit(value, unit), verdictOf(figure)];
}

function lineOf(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) => {
    const width = widths[column] ?? 0;
    return RIGHT.has(column) ? cell.padStart(width) : cell.padEnd(width);
  });
  return padded.join('  ').trimEnd();
}
