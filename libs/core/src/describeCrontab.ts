import { type PeachyCrontab } from './peachyCrontab.ts';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Says in plain words on which days a crontab fires: `Monday to Friday, in January`, `on the 15th, or any Friday`. */
export function describeCrontab(crontab: PeachyCrontab): string {
  const { months } = crontab;
  const inMonths = months.length === 12 ? '' : `, in ${listed(months, (month) => MONTHS[month - 1] ?? '')}`;
  return describeDays(crontab) + inMonths;
}

function describeDays({ daysOfMonth, daysOfWeek, eitherDay }: PeachyCrontab): string {
  const monthDays = `on the ${listed(daysOfMonth, ordinal)}`;
  const weekdays = listed(daysOfWeek, (day) => WEEKDAYS[day] ?? '');
  const [isAnyDate, isAnyWeekday] = [daysOfMonth.length === 31, daysOfWeek.length === 7];
  if (eitherDay) return isAnyDate || isAnyWeekday ? 'every day' : `${monthDays}, or any ${weekdays}`;
  if (isAnyDate) return isAnyWeekday ? 'every day' : weekdays;
  return isAnyWeekday ? monthDays : `${monthDays}, where that is ${weekdays}`;
}

/** `1, 3 and 5`, with three or more in a row as `1 to 3`. */
function listed(values: readonly number[], name: (value: number) => string): string {
  const parts: string[] = [];
  for (let at = 0; at < values.length;) {
    let end = at;
    while (values[end + 1] === (values[end] ?? 0) + 1) end++;
    if (end - at < 2) end = at;
    const [first, last] = [name(values[at] ?? 0), name(values[end] ?? 0)];
    parts.push(end > at ? `${first} to ${last}` : first);
    at = end + 1;
  }
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

function ordinal(day: number): string {
  const suffix = day >= 11 && day <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');
  return `${day}${suffix}`;
}
