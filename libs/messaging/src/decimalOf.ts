/** A number as the decimal that it is written as: digits / 10^places. */
export interface Decimal {
  digits: bigint;
  places: number;
}

const WRITTEN = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/**
 * A number as the decimal that JSON wrote it as, exactly: 20.1 is 201 tenths, and none of the binary fraction next to it.
 * Sums of money are compared so, lest 0.1 + 0.2 is refused for not being 0.3.
 */
export function decimalOf(value: number): Decimal {
  const [, sign = '', whole = '0', fraction = '', exponent = '0'] = WRITTEN.exec(String(value)) ?? [];
  const digits = BigInt(`${sign}${whole}${fraction}`);
  const places = fraction.length - Number(exponent);
  return places >= 0 ? { digits, places } : { digits: digits * 10n ** BigInt(-places), places: 0 };
}

/** The sum of two decimals. */
export function sumOf(one: Decimal, other: Decimal): Decimal {
  const places = Math.max(one.places, other.places);
  return { digits: at(one, places) + at(other, places), places };
}

/** So many percent of a decimal. */
export function percentOf(percentage: Decimal, of: Decimal): Decimal {
  return { digits: percentage.digits * of.digits, places: percentage.places + of.places + 2 };
}

/** Whether two decimals lie further apart than half a hundredth. */
export function isOff(one: Decimal, other: Decimal): boolean {
  const places = Math.max(one.places, other.places, 3);
  const apart = at(one, places) - at(other, places);
  return (apart < 0n ? -apart : apart) > at({ digits: 5n, places: 3 }, places);
}

/** A decimal in whole hundredths: half a hundredth goes away from zero. */
export function hundredthsOf({ digits, places }: Decimal): number {
  if (places <= 2) return Number(digits * 10n ** BigInt(2 - places));
  const unit = 10n ** BigInt(places - 2);
  const half = digits < 0n ? -unit / 2n : unit / 2n;
  return Number((digits + half) / unit);
}

function at({ digits, places }: Decimal, more: number) {
  return digits * 10n ** BigInt(more - places);
}
