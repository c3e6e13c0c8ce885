/** What the SMS API says by a code. */
interface SmsError {
  /** As clients compare it. Once published it keeps its meaning, so none is ever used again. */
  code: string;
  /** Of the answer that carries it; null: it stands on a message or a subscription, and answers no request. */
  status: number | null;
  /** For the description of the API. */
  meaning: string;
}

/** What is wrong with a schedule. */
const scheduleErrors = {
  notSelectedSet: { code: '10035', status: 400, meaning: 'scheduleSelectedSet is no list such as [1,2,3].' },
  everyOtherTooLow: { code: '10036', status: 400, meaning: 'scheduleEveryOther is below 1, or no whole number.' },
  scheduleOutOfRange: { code: '10040', status: 400, meaning: 'A field of the schedule is out of range for its unit.' },
  scheduleNeverComes: { code: '10042', status: 400, meaning: 'No date ever meets the schedule.' },
} as const satisfies Record<string, SmsError>;

/** What is wrong between the fields of a campaign. */
const campaignErrors = {
  amountTotalOff: { code: '10030', status: 400, meaning: 'amountTotal is not amount + amountVat.' },
  amountVatOff: { code: '10031', status: 400, meaning: 'amountVat is not amount x vatPercentage / 100.' },
  urlMissing: { code: '10032', status: 400, meaning: 'A text has [url], but there is no replyTextUrl.' },
  amountMissing: { code: '10043', status: 400, meaning: 'A text has [amount], but there is no amountTotal.' },
  textTooLong: { code: '10033', status: 400, meaning: 'The text takes more than 9 parts.' },
  notMetaData: { code: '10034', status: 400, meaning: 'metaData is no JSON object as text.' },
  amountTotalTooHigh: { code: '10037', status: 400, meaning: 'amountTotal is above 370 DKK.' },
  underAgeRecurring: { code: '10038', status: 400, meaning: 'Nobody under age may be charged again and again.' },
  underAgeAmount: { code: '10039', status: 400, meaning: 'amountTotal is above 30, for an audience under age.' },
  nameTooLong: { code: '10041', status: 400, meaning: 'The name or description of the agreement is too long.' },
  otherThanAgreement: {
    code: '10045',
    status: 400,
    meaning: 'The field says something else than the agreement that agreementGuid names.',
  },
  ...scheduleErrors,
} as const satisfies Record<string, SmsError>;

/** Every code of the SMS API, from 10001 upwards (contract: sms-inbound, "Conventions"). */
export const smsErrors = {
  invalidField: { code: '10001', status: 400, meaning: 'A field is missing or invalid.' },
  unknownField: { code: '10002', status: 400, meaning: 'The body has a field that this operation does not know.' },
  wrongMd5: { code: '10003', status: 400, meaning: 'Content-MD5 or RequestMD5 is not the MD5 of the body.' },
  missingMd5: {
    code: '10004',
    status: 400,
    meaning: 'The body comes without its MD5, which the organisation requires.',
  },
  malformedJson: { code: '10005', status: 400, meaning: 'The body is no JSON.' },
  bodyTooLarge: { code: '10006', status: 413, meaning: 'The body is larger than this operation takes.' },
  wrongMediaType: { code: '10007', status: 400, meaning: 'The body is not application/json in UTF-8.' },
  unauthenticated: { code: '10008', status: 401, meaning: 'Authorization holds no key that is valid.' },
  forbidden: { code: '10009', status: 403, meaning: 'The key may not do this.' },
  invalidMsisdn: {
    code: '10010',
    status: 400,
    meaning: 'The number is no msisdn: digits only, with the country code.',
  },
  tooManyRequests: { code: '10011', status: 429, meaning: 'Too many requests; try again after Retry-After.' },
  unavailable: { code: '10012', status: 503, meaning: 'A store is away for the moment; try again.' },
  internalError: { code: '10013', status: 500, meaning: 'The request met an error of ours.' },

  operationNotFound: { code: '10020', status: 404, meaning: 'There is no operation at this address.' },
  methodNotAllowed: { code: '10021', status: 405, meaning: 'The address knows other methods only.' },
  campaignNotFound: { code: '10022', status: 404, meaning: 'The organisation has no such campaign.' },
  keywordNotFound: { code: '10023', status: 404, meaning: 'The organisation has no such keyword.' },
  agreementNotFound: { code: '10024', status: 404, meaning: 'The organisation has no such agreement.' },
  subscriptionNotFound: { code: '10025', status: 404, meaning: 'The organisation has no such subscription.' },
  messageNotFound: { code: '10026', status: 404, meaning: 'The organisation has no such message.' },
  collectionNotFound: { code: '10027', status: 404, meaning: 'The organisation has no such collection of texts.' },

  chargeNotFound: { code: '10028', status: 404, meaning: 'The organisation has no such charge.' },

  ...campaignErrors,

  keywordTaken: { code: '10050', status: 400, meaning: 'The channel has this keyword already.' },
  keywordInUse: { code: '10051', status: 400, meaning: 'The keyword has active subscriptions.' },
  keywordReserved: { code: '10052', status: 400, meaning: 'STOP ends subscriptions, and is no keyword.' },
  recurringSubKeyword: { code: '10053', status: 400, meaning: 'A Recurring campaign goes with no sub-keyword.' },
  collectionTaken: { code: '10055', status: 400, meaning: 'The organisation has a collection of this name.' },
  channelNotOwn: { code: '10057', status: 400, meaning: 'The channel is of other organisations.' },
  chargeNotUnknown: { code: '10056', status: 400, meaning: 'It is known what became of the charge.' },
  externalIdTaken: { code: '10058', status: 400, meaning: 'The externalId has come before with other content.' },

  monthlyLimitReached: { code: '10060', status: 400, meaning: 'The charge would pass the limit of its month.' },
  chargeTooHigh: { code: '10061', status: null, meaning: 'The charge is above 370 DKK.' },
  underAgeLimit: { code: '10062', status: null, meaning: 'The charge is more than an audience under age may pay.' },
  paymentRefused: { code: '10063', status: null, meaning: 'The payment gateway refused the charge.' },
  keywordUnknown: { code: '10064', status: null, meaning: 'The text begins with no keyword of the shortcode.' },
  textRefused: { code: '10065', status: null, meaning: 'The text gateway will never send the answer.' },
  chargeNotUnderstood: { code: '10066', status: null, meaning: 'The payment gateway does not understand the charge.' },
  gatewayNotSet: {
    code: '10067',
    status: null,
    meaning: 'The organisation had no gateway for a day: gateways.text, .payment.',
  },
  parked: { code: '10068', status: null, meaning: 'It has killed its worker three times, and is not tried again.' },
  addressForbidden: { code: '10069', status: null, meaning: 'The address of the gateway is none that may be asked.' },
  secretUnreadable: { code: '10070', status: null, meaning: 'The secret of the gateway cannot be read.' },
  databaseUnavailable: { code: '10071', status: null, meaning: 'The database could not be reached for a day.' },
  databaseBusy: { code: '10072', status: null, meaning: 'The database was busy for a day.' },
  unexpected: { code: '10073', status: null, meaning: 'It met an error of ours.' },
  endedMeanwhile: {
    code: '10079',
    status: null,
    meaning: 'What the charge is for has ended before a payment gateway could be asked: nothing was charged.',
  },
  chargeUnsettled: { code: '10074', status: null, meaning: 'An earlier charge of the number is Unknown: settle it.' },

  textGatewayUnavailable: { code: '10080', status: null, meaning: 'For a day the text gateway was away.' },
  textGatewayMalformed: {
    code: '10081',
    status: null,
    meaning: 'For a day the text gateway answered what is none of its answers.',
  },
  textGatewayCertificateRefused: {
    code: '10082',
    status: null,
    meaning: 'For a day the text gateway showed a certificate that cannot be trusted.',
  },
  textGatewayNotEncrypted: {
    code: '10083',
    status: null,
    meaning: 'The text gateway is one of plain http, which the operator does not allow.',
  },
  textGatewayRedirected: { code: '10084', status: null, meaning: 'For a day the text gateway sent us elsewhere.' },
  textGatewayUnauthorized: {
    code: '10085',
    status: null,
    meaning: 'For a day the text gateway did not take us for whom we are.',
  },
  textGatewayNotThere: { code: '10086', status: null, meaning: 'For a day the text gateway was not at its address.' },
  paymentGatewayUnavailable: { code: '10090', status: null, meaning: 'For a day the payment gateway was away.' },
  paymentGatewayMalformed: {
    code: '10091',
    status: null,
    meaning: 'For a day the payment gateway answered what is none of its answers.',
  },
  paymentGatewayCertificateRefused: {
    code: '10092',
    status: null,
    meaning: 'For a day the payment gateway showed a certificate that cannot be trusted.',
  },
  paymentGatewayNotEncrypted: {
    code: '10093',
    status: null,
    meaning: 'The payment gateway is one of plain http, which the operator does not allow.',
  },
  paymentGatewayRedirected: {
    code: '10094',
    status: null,
    meaning: 'For a day the payment gateway sent us elsewhere.',
  },
  paymentGatewayUnauthorized: {
    code: '10095',
    status: null,
    meaning: 'For a day the payment gateway did not take us for whom we are.',
  },
  paymentGatewayNotThere: {
    code: '10096',
    status: null,
    meaning: 'For a day the payment gateway was not at its address.',
  },

  paymentMethodLost: { code: '100101', status: null, meaning: 'The number lost its means to pay; cancelled.' },
} as const satisfies Record<string, SmsError>;

/** An error of the SMS API by its name with us. */
export type SmsName = keyof typeof smsErrors;
/** An error of the SMS API by its code for clients. */
export type SmsCode = (typeof smsErrors)[SmsName]['code'];

/** What an operation that takes a schedule refuses, and one that takes a campaign. */
export const scheduleRefusals = Object.keys(scheduleErrors) as (keyof typeof scheduleErrors)[];
export const campaignRefusals = Object.keys(campaignErrors) as (keyof typeof campaignErrors)[];
