import fc from 'fast-check';
import { addDays, type CalendarDate, weekdayOf } from './calendarDate.ts';
import { type InvalidInput } from './errors.ts';
import { firesOn, nextDate, parsePeachyCrontab } from './peachyCrontab.ts';

const codesOf = (text: string): string[] => faultsOf(text).map((fault) => fault.code);
const messageOf = (text: string): string =>
  faultsOf(text)
    .map((fault) => fault.message)
    .join('; ');

function faultsOf(text: string) {
  try {
    parsePeachyCrontab(text);
  } catch (error) {
    return (error as InvalidInput).faults;
  }
  return [];
}

/** The first so many dates on which it fires, from a Monday on: 2026-06-01. */
function firstDates(text: string, count: number): CalendarDate[] {
  const crontab = parsePeachyCrontab(text);
  const dates: CalendarDate[] = [];
  for (let date: CalendarDate | undefined = '2026-05-31'; date && dates.length < count;) {
    date = nextDate(crontab, date);
    if (date) dates.push(date);
  }
  return dates;
}

describe('a Peachy crontab', () => {
  it.each([
    ['P P * * *', ['2026-06-01', '2026-06-02', '2026-06-03']],
    ['P P * * 1-5', ['2026-06-01', '2026-06-02', '2026-06-03', '2026-06-04', '2026-06-05', '2026-06-08']],
    ['P P 1,15 * *', ['2026-06-01', '2026-06-15', '2026-07-01']],
    ['P P 1 */3 *', ['2026-07-01', '2026-10-01', '2027-01-01', '2027-04-01']],
    ['P P 15 * 5', ['2026-06-05', '2026-06-12', '2026-06-15', '2026-06-19']],
    ['P P */2 * 1', ['2026-06-01', '2026-06-15', '2026-06-29', '2026-07-13']],
  ])('fires on the days that the contract names: %s', (text, dates) => {
    expect(firstDates(text, dates.length)).toEqual(dates);
  });

  it.each([
    ['P P * jan,Dec MON', ['2026-12-07', '2026-12-14', '2026-12-21', '2026-12-28', '2027-01-04']],
    ['P P * * 7', ['2026-06-07', '2026-06-14']],
    ['P P * * 0', ['2026-06-07', '2026-06-14']],
    ['P P * * mon-Fri/2', ['2026-06-01', '2026-06-03', '2026-06-05', '2026-06-08']],
    ['P P * * 5-7', ['2026-06-05', '2026-06-06', '2026-06-07', '2026-06-12']],
    ['P P 10-20/5,3 6 *', ['2026-06-03', '2026-06-10', '2026-06-15', '2026-06-20', '2027-06-03']],
    ['P P */10 * *', ['2026-06-01', '2026-06-11', '2026-06-21', '2026-07-01']],
    ['P P 31 * *', ['2026-07-31', '2026-08-31', '2026-10-31']],
    ['P P 01 07 *', ['2026-07-01', '2027-07-01']],
    ['P P 1-31 * 1', ['2026-06-01', '2026-06-02', '2026-06-03']],
    ['P P 31 2 5', ['2027-02-05', '2027-02-12']],
    ['P P 29 2 *', ['2028-02-29', '2032-02-29']],
    ['P P 29 2 */7', ['2032-02-29', '2060-02-29', '2088-02-29', '2128-02-29']],
  ])('reads names, lists, ranges and steps as crontab(5) does: %s', (text, dates) => {
    expect(firstDates(text, dates.length)).toEqual(dates);
  });

  it('takes any spaces and tabs around and between the fields', () => {
    expect(parsePeachyCrontab(' \tP  P\t* *\t\t1-5 ').text).toBe('P P * * 1-5');
  });

  it.each([
    ['0 9 * * *', 'fixedTime', 'write P P * * *'],
    ['0 P * * *', 'fixedTime', 'write P P * * *'],
    ['P 9 * * *', 'fixedTime', 'write P P * * *'],
    ['* * * * *', 'fixedTime', 'write P P * * *'],
    ['P P P * *', 'pInDayField', 'day of month: P stands for minute and hour only; write *'],
    ['P P * P *', 'pInDayField', 'month: P stands'],
    ['P P * * P', 'pInDayField', 'day of week: P stands'],
    ['P P 1,P * *', 'pInDayField', 'write *'],
    ['P P *', 'fieldCount', 'has 3 fields and needs five'],
    ['P P * *', 'fieldCount', 'has 4 fields and needs five'],
    ['0 P P * * *', 'fieldCount', 'has 6 fields'],
    ['0 P P * * * 2027', 'fieldCount', 'has 7 fields'],
    ['P', 'fieldCount', 'has 1 field and'],
    ['@daily', 'nickname', 'every day is P P * * *'],
    ['@reboot', 'nickname', 'write the five fields'],
    ['', 'empty', 'for instance P P * * 1-5, or null'],
    [' \t ', 'empty', 'write five fields'],
    ['P P * * 1-5\n', 'strangeBlank', 'in one line: P P * * 1-5'],
    ['P\u00a0P * * *', 'strangeBlank', 'a blank that is no plain space'],
    ['P P 31 2 *', 'neverComes', 'never comes'],
    ['P P 30,31 FEB *', 'neverComes', 'write a day that the month has'],
    ['P P 31 4,6,9,11 *', 'neverComes', 'never comes'],
    ['P P 31 2 */2', 'neverComes', 'never comes'],
    ['p p * * *', 'lowerCaseP', 'write P P * * *'],
    ['P p * * 1', 'lowerCaseP', 'write P P * * 1'],
  ])('is refused with what to write: %s', (text, code, message) => {
    expect(codesOf(text)).toEqual([code]);
    expect(messageOf(text)).toContain(message);
  });

  it.each([
    ['P P L * *', 'L ("last")'],
    ['P P LW * *', 'L ("last")'],
    ['P P L-3 * *', 'L ("last")'],
    ['P P * * 5L', 'L ("last")'],
    ['P P * * FRIL', 'L ("last")'],
    ['P P 15W * *', 'W ("nearest weekday")'],
    ['P P ? * 1', '? ("no value")'],
    ['P P * * 5#2', '# ("the nth weekday")'],
    ['P P * * fri#2', '# ("the nth weekday")'],
    ['P P H * *', 'H ("hash")'],
    ['P P H(1-7) * *', 'H ("hash")'],
    ['P P H/3 * *', 'H ("hash")'],
  ])('is refused by the name of a sign that crontab(5) does not know: %s', (text, message) => {
    expect(codesOf(text)).toEqual(['foreignSign']);
    expect(messageOf(text)).toContain(message);
  });

  it.each([
    ['P P 0 * *', 'outOfRange', 'day of month: "0" is not within 1 to 31'],
    ['P P 32 * *', 'outOfRange', '"32" is not within 1 to 31'],
    ['P P * 13 *', 'outOfRange', 'month: "13" is not within 1 to 12'],
    ['P P * * 8', 'outOfRange', 'day of week: "8" is not within 0 to 7'],
    ['P P * * 1-9', 'outOfRange', '"9"'],
    ['P P 99999999999999999999 * *', 'outOfRange', '"99999999999999999999"'],
    ['P P 20-10 * *', 'reversedRange', 'write 10-20, or 20-31,1-10 to go round'],
    ['P P * * SAT-SUN', 'reversedRange', 'write 6-7'],
    ['P P */0 * *', 'stepZero', 'write 1 or more'],
    ['P P 1-5/0 * *', 'stepZero', 'write 1 or more'],
    ['P P 5/2 * *', 'stepWithoutRange', 'write 5-31/2'],
    ['P P */x * *', 'syntax', 'the step "x" is not a whole number'],
    ['P P 1, * *', 'syntax', 'write numbers from 1 to 31'],
    ['P P *-5 * *', 'syntax', '"*" cannot be read'],
    ['P P 1-2-3 * *', 'syntax', '"1-2-3" cannot be read'],
    ['P P -1 * *', 'syntax', '"-1" cannot be read'],
    ['P P 1.5 * *', 'syntax', '"1.5" cannot be read'],
    ['P P * MONDAY *', 'syntax', 'or names such as FEB'],
    ['P P * * LATER', 'syntax', 'or names such as MON'],
    ['P P * *\n*', 'strangeBlank', 'in one line'],
    ['P P * * \u0661', 'syntax', 'day of week: "\\?" cannot be read'],
    ['P P * * constructor', 'syntax', 'cannot be read'],
  ])('is refused where a value makes no sense: %j', (text, code, message) => {
    expect(codesOf(text)).toEqual([code]);
    expect(messageOf(text)).toContain(message);
  });

  it('names all faulty fields at once', () => {
    expect(codesOf('0 9 32 */0 8')).toEqual(['fixedTime', 'outOfRange', 'stepZero', 'outOfRange']);
  });

  it.each(['P'.repeat(10_000), 'P P ' + '1,'.repeat(5_000) + '1 * *', '\t'.repeat(10_000), '('.repeat(10_000)])(
    'refuses ten thousand characters at once and without repeating them (%#)',
    (text) => {
      expect(codesOf(text)).toHaveLength(1);
      expect(messageOf(text).length).toBeLessThan(200);
    },
  );

  it('reads any text at all without any other error, and answers with a short reason', () => {
    const piece = fc.constantFrom(
      'P',
      'p',
      '*',
      '1',
      '31',
      '/',
      '-',
      ',',
      ' ',
      '\t',
      'L',
      '?',
      '#',
      'JAN',
      '7',
      '0',
      '\0',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 30 }).map((pieces) => `P P ${pieces.join('')}`),
    );
    fc.assert(
      fc.property(text, (written) => {
        for (const fault of faultsOf(written)) {
          expect(fault).toMatchObject({ field: 'schedule', code: expect.stringMatching(/^[a-zA-Z]+$/) as string });
          expect(fault.message.length).toBeLessThan(250);
        }
      }),
    );
  });

  it('fires by the day rule of crontab(5): either day field when neither contains a star, else both', () => {
    const days = fc.constantFrom('*', '*/2', '1', '13', '1-7', '31', '*/10,5');
    const weekdays = fc.constantFrom('*', '*/3', '1', '5', '1-5', '0,6', '7');
    const date = fc.integer({ min: 0, max: 3000 }).map((n) => addDays('2024-01-01', n));
    fc.assert(
      fc.property(days, weekdays, date, (dayOfMonth, dayOfWeek, day) => {
        const monthDay = firesOn(parsePeachyCrontab(`P P ${dayOfMonth} * *`), day);
        const weekday = firesOn(parsePeachyCrontab(`P P * * ${dayOfWeek}`), day);
        const isEither = !(dayOfMonth + dayOfWeek).includes('*');
        const fires = firesOn(parsePeachyCrontab(`P P ${dayOfMonth} * ${dayOfWeek}`), day);
        expect(fires).toBe(isEither ? monthDay || weekday : monthDay && weekday);
      }),
    );
  });

  it('finds as the next date the first later one on which it fires', () => {
    const crontabs = ['P P * * 1', 'P P 31 * *', 'P P 15 3,9 *', 'P P */7 * */2', 'P P 13 6 5'].map(parsePeachyCrontab);
    const date = fc.integer({ min: 0, max: 3000 }).map((n) => addDays('2024-01-01', n));
    fc.assert(
      fc.property(fc.constantFrom(...crontabs), date, (crontab, after) => {
        let expected = addDays(after, 1);
        while (!firesOn(crontab, expected)) expected = addDays(expected, 1);
        expect(nextDate(crontab, after)).toBe(expected);
      }),
    );
  });

  it('has no next date after the last one that can be written', () => {
    expect(nextDate(parsePeachyCrontab('P P * * *'), '9999-12-31')).toBeUndefined();
  });

  it('counts weekdays from Sunday', () => {
    expect(weekdayOf('2026-06-07')).toBe(0);
    expect(weekdayOf('2026-06-06')).toBe(6);
  });
});
