/** How much more time more rows take, by how many more they are: 1 is linear, less is better. */
export function growthOf(small: { rows: number; seconds: number }, big: { rows: number; seconds: number }): number {
  return big.seconds / small.seconds / (big.rows / small.rows);
}
