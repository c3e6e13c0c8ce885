import { type CalendarDate } from '@muster/core/calendarDate';
import { type CalendarUnit } from './smsCampaign.ts';

/**
 * Arithmetic on the units of the calendar: each day, week, month and year has an index, without a gap; each belongs to a run of
 * units whose ordinals count from 1. Days are counted from 1970-01-01, in the proleptic Gregorian calendar; no zone plays in.
 */
export interface UnitArithmetic {
  /** The unit that a day lies in. */
  indexOf(day: number): number;
  /** The first day of a unit. */
  firstDayOf(index: number): number;
  /** The index of the unit with ordinal 1 in the same run, and how many units the run has. */
  runOf(index: number): { first: number; count: number };
  /** The highest ordinal that there is. */
  highestOrdinal: number;
}

const EPOCH_DAYS = 719_162; // from 0001-01-01 to 1970-01-01
const DAYS_IN_400_YEARS = 146_097;
const LAST_YEAR = 9999;
const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]; // each month, in a common year

const days: UnitArithmetic = {
  indexOf: (day) => day,
  firstDayOf: (index) => index,
  runOf(index) {
    const year = yearOf(index);
    const first = newYear(year);
    return { first, count: newYear(year + 1) - first };
  },
  highestOrdinal: 366,
};

// ISO 8601: weeks begin on Monday and belong to the year that has their Thursday. Week 0 is that of 1970-01-01, a Thursday.
const weeks: UnitArithmetic = {
  indexOf: (day) => Math.floor((day + 3) / 7),
  firstDayOf: (index) => index * 7 - 3,
  runOf(index) {
    const year = yearOf(index * 7);
    const first = firstWeek(year);
    return { first, count: firstWeek(year + 1) - first };
  },
  highestOrdinal: 53,
};

const months: UnitArithmetic = {
  indexOf(day) {
    const year = yearOf(day);
    return year * 12 + monthOf(year, day - newYear(year));
  },
  firstDayOf(index) {
    const year = Math.floor(index / 12);
    return newYear(year) + daysBefore(year, index - year * 12);
  },
  runOf: (index) => ({ first: Math.floor(index / 12) * 12, count: 12 }),
  highestOrdinal: 12,
};

const years: UnitArithmetic = {
  indexOf: yearOf,
  firstDayOf: newYear,
  runOf: () => ({ first: 1, count: LAST_YEAR }), // the ordinal of a year is the year
  highestOrdinal: LAST_YEAR,
};

/** The arithmetic of each unit. */
export const calendarUnits: Record<CalendarUnit, UnitArithmetic> = {
  Day: days,
  Week: weeks,
  Month: months,
  Year: years,
};

/** A calendar date as the number of days since 1970-01-01. */
export function dayOf(date: CalendarDate): number {
  const year = Number(date.slice(0, 4));
  return newYear(year) + daysBefore(year, Number(date.slice(5, 7)) - 1) + Number(date.slice(8)) - 1;
}

/** The calendar date of a day since 1970-01-01; undefined beyond the year 9999. */
export function dateOf(day: number): CalendarDate | undefined {
  const year = yearOf(day);
  if (!(year <= LAST_YEAR)) return undefined; // what is no number is no date, either
  const dayOfYear = day - newYear(year);
  const month = monthOf(year, dayOfYear);
  const dayOfMonth = dayOfYear - daysBefore(year, month) + 1;
  return `${String(year).padStart(4, '0')}-${twoDigits(month + 1)}-${twoDigits(dayOfMonth)}`;
}

function newYear(year: number) {
  const before = year - 1;
  return before * 365 + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) - EPOCH_DAYS;
}

function yearOf(day: number) {
  const year = Math.floor(((day + EPOCH_DAYS) * 400) / DAYS_IN_400_YEARS) + 1; // by the mean year: right, or one beside
  if (day < newYear(year)) return year - 1;
  return day < newYear(year + 1) ? year : year + 1;
}

function firstWeek(year: number) {
  return weeks.indexOf(newYear(year) + 3); // 4 January is in it
}

/** From 0. */
function monthOf(year: number, dayOfYear: number) {
  const guess = Math.floor(dayOfYear / 32); // right, or one too low
  return guess < 11 && dayOfYear >= daysBefore(year, guess + 1) ? guess + 1 : guess;
}

function daysBefore(year: number, month: number) {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (DAYS_BEFORE[month] ?? 0) + (isLeap && month >= 2 ? 1 : 0);
}

function twoDigits(value: number) {
  return value < 10 ? `0${value}` : String(value);
}
