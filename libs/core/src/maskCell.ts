const HIDDEN = '••••';

type Mask = (text: string) => string;

/** What may be seen of each field that can be exported. What is not named here is masked as free text. */
const masks: Record<string, Mask> = {
  'contact.id': plain,
  'contact.externalId': tail,
  'contact.value': contactValue,
  'contact.contactType': plain,
  'contact.label': plain,
  'contact.affiliation': plain,
  'contact.status': plain,
  'contact.valid': plain,
  'contact.verified': plain,
  'contact.receiveTextMessages': plain,
  'contact.address.addressLine1': hide,
  'contact.address.addressLine2': hide,
  'contact.address.postalCode': hide,
  'contact.address.state': code,
  'contact.address.country': code,
  'person.id': plain,
  'person.displayId': plain,
  'person.externalId': tail,
  'person.dateOfBirth': hide,
  'person.status': plain,
  'person.collectionsIntensity': plain,
  'person.timeZone': plain,
  'loan.id': plain,
  'loan.displayId': plain,
  'loan.externalId': tail,
  'loan.status': plain,
  'run.id': plain,
  'run.campaignId': plain,
  'run.startedAt': plain,
  'screening.checkedAt': plain,
  'screening.callFrom': plain,
  'screening.callUntil': plain,
  'query.id': plain,
  'query.borrowerId': plain,
  'query.loanId': plain,
};

/**
 * A cell of the contacts file as a preview may show it: ids and statuses as they are; of a phone number the country's digit
 * and the last four, of everything else that is about a person no more than its first letter.
 */
export function maskCell(field: string, text: string | null): string | null {
  if (text === null || text === '') return text;
  return (masks[field] ?? initial)(text);
}

function plain(text: string) {
  return text;
}

function hide() {
  return HIDDEN;
}

/** `NY` as it is; these are texts of the company's own, and hold anything else as well. */
function code(text: string) {
  return /^[A-Z]{2}$/.test(text) ? text : initial(text);
}

/** `Robin` as `R••••`, whatever its length; digits say too much: of them nothing. */
function initial(text: string) {
  const [first = ''] = text;
  return /\p{L}/u.test(first) ? first + HIDDEN : HIDDEN;
}

/** The last four characters of what is long enough to hide most of itself, where they are digits: letters may be a name. */
function tail(text: string) {
  const characters = Array.from(text);
  const last = characters.slice(-4).join('');
  return characters.length >= 8 && /^\d{4}$/.test(last) ? HIDDEN + last : HIDDEN;
}

function contactValue(text: string) {
  if (/^\+\d{10,15}$/.test(text)) return `${text.slice(0, 2)}•••••••${text.slice(-4)}`;
  const at = text.lastIndexOf('@');
  if (at > 0) return `${initial(text)}@${HIDDEN}`;
  return HIDDEN; // not E.164, or an address in one line
}
