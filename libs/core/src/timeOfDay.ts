const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** Whether a text is a time of day as settings have it: `HH:MM`, 00:00 to 23:59. */
export function isTimeOfDay(text: string): boolean {
  return TIME_OF_DAY.test(text);
}

/** The second of the day of a time `HH:MM`. */
export function secondOf(timeOfDay: string): number {
  return Number(timeOfDay.slice(0, 2)) * 3600 + Number(timeOfDay.slice(3)) * 60;
}
