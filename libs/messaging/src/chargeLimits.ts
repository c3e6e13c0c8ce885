/**
 * The most that a number may be charged, in hundredths (contract: sms-inbound, the operators' framework). What says DKK holds
 * for that currency alone: the framework knows no other. What an audience under age pays at once is limited in any.
 */
export const chargeLimits = {
  atOnceDkk: 370_00,
  atOnceUnderAge: 30_00,
  monthlyDkk: 370_00,
  /** Donations to an organisation that is no member of ISOBRO. */
  monthlyDonationDkk: 200_00,
  monthlyUnderAgeDkk: 250_00,
};

/** Whether a currency is the one that the framework limits. */
export function isDkk(currencyCode: string): boolean {
  return currencyCode.toUpperCase() === 'DKK';
}
