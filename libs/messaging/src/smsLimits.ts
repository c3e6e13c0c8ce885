/** How long things of the SMS API may be (contract: sms-inbound; ours, where it is silent). */
export const smsLimits = {
  /** Of a text message: its parts, and what they hold in GSM-7. */
  parts: 9,
  septets: 1_377,
  agreementName: 30,
  agreementDescription: 60,
  /** Of a keyword, and of a sub-keyword: ours, so that a reply can be measured before it has a keyword. */
  keyword: 30,
  /** Of a shortcode or number that texts come from: that of the longest number there is. */
  channel: 15,
  phone: 15,
  /** Of an address once it is shortened, with its domain: ours. */
  shortUrl: 30,
  /** Of `scheduleSelectedSet` as text: every day of the year needs 1,356. */
  selectedSet: 2_000,
  /** Of `scheduleEveryOther`: ours; a schedule that counts further ends with the calendar. */
  everyOther: 9_999,
};
