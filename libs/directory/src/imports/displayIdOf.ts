/** SQL for the displayId that a cell holds where it was given as a number (`DISPLAY_ID` before its digits); else null. */
export function displayIdOf(cell: string): string {
  return `case when ascii(${cell}) = 1 then substr(${cell}, 2)::bigint end`;
}
