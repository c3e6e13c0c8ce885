/** A state, territory or province, with every time zone that somebody who lives there may be in. */
export interface State {
  /** As the post writes it: two letters. */
  code: string;
  name: string;
  /** IANA names. */
  zones: readonly string[];
}

/**
 * The states, the federal district and the territories of the United States, and the provinces and territories of Canada.
 * Sources, read on 22 November 2026: the abbreviations of USPS and Canada Post; the zones and their borders of the IANA
 * time zone database, release 2026f.
 *
 * A place that today keeps the rules of a larger one stands under that one, whatever it kept in the past: Detroit,
 * Louisville and Indianapolis under New York; Knox, Menominee and Beulah under Chicago; Boise under Denver; Juneau and Nome
 * under Anchorage; Moncton and Goose Bay under Halifax; Iqaluit under Toronto; Inuvik under Edmonton; St. Thomas under
 * Puerto Rico; Saipan under Guam. Quebec's Lower North Shore always shows the time of Halifax or of Toronto.
 *
 * In 2026 most of British Columbia, Alberta, the Northwest Territories and Manitoba stopped turning their clocks. An engine
 * whose time zones are older (Node.js says which: process.versions.tz) is an hour behind there each winter. So beside each
 * of these zones stands one that has shown the right hour all along: Fort Nelson, Regina, Atikokan.
 *
 * Left out, and so unknown: the military's AA, AE and AP, whose mail goes around the world, and the freely associated FM,
 * MH and PW, which are outside the numbering plan.
 */
export const states: readonly State[] = [
  { code: 'AL', name: 'Alabama', zones: ['America/Chicago'] },
  { code: 'AK', name: 'Alaska', zones: ['America/Anchorage', 'America/Adak'] },
  { code: 'AZ', name: 'Arizona', zones: ['America/Phoenix', 'America/Denver'] },
  { code: 'AR', name: 'Arkansas', zones: ['America/Chicago'] },
  { code: 'CA', name: 'California', zones: ['America/Los_Angeles'] },
  { code: 'CO', name: 'Colorado', zones: ['America/Denver'] },
  { code: 'CT', name: 'Connecticut', zones: ['America/New_York'] },
  { code: 'DE', name: 'Delaware', zones: ['America/New_York'] },
  { code: 'DC', name: 'District of Columbia', zones: ['America/New_York'] },
  { code: 'FL', name: 'Florida', zones: ['America/New_York', 'America/Chicago'] },
  { code: 'GA', name: 'Georgia', zones: ['America/New_York'] },
  { code: 'HI', name: 'Hawaii', zones: ['Pacific/Honolulu'] },
  { code: 'ID', name: 'Idaho', zones: ['America/Denver', 'America/Los_Angeles'] },
  { code: 'IL', name: 'Illinois', zones: ['America/Chicago'] },
  { code: 'IN', name: 'Indiana', zones: ['America/New_York', 'America/Chicago'] },
  { code: 'IA', name: 'Iowa', zones: ['America/Chicago'] },
  { code: 'KS', name: 'Kansas', zones: ['America/Chicago', 'America/Denver'] },
  { code: 'KY', name: 'Kentucky', zones: ['America/New_York', 'America/Chicago'] },
  { code: 'LA', name: 'Louisiana', zones: ['America/Chicago'] },
  { code: 'ME', name: 'Maine', zones: ['America/New_York'] },
  { code: 'MD', name: 'Maryland', zones: ['America/New_York'] },
  { code: 'MA', name: 'Massachusetts', zones: ['America/New_York'] },
  { code: 'MI', name: 'Michigan', zones: ['America/New_York', 'America/Chicago'] },
  { code: 'MN', name: 'Minnesota', zones: ['America/Chicago'] },
  { code: 'MS', name: 'Mississippi', zones: ['America/Chicago'] },
  { code: 'MO', name: 'Missouri', zones: ['America/Chicago'] },
  { code: 'MT', name: 'Montana', zones: ['America/Denver'] },
  { code: 'NE', name: 'Nebraska', zones: ['America/Chicago', 'America/Denver'] },
  { code: 'NV', name: 'Nevada', zones: ['America/Los_Angeles', 'America/Denver'] },
  { code: 'NH', name: 'New Hampshire', zones: ['America/New_York'] },
  { code: 'NJ', name: 'New Jersey', zones: ['America/New_York'] },
  { code: 'NM', name: 'New Mexico', zones: ['America/Denver'] },
  { code: 'NY', name: 'New York', zones: ['America/New_York'] },
  { code: 'NC', name: 'North Carolina', zones: ['America/New_York'] },
  { code: 'ND', name: 'North Dakota', zones: ['America/Chicago', 'America/Denver'] },
  { code: 'OH', name: 'Ohio', zones: ['America/New_York'] },
  { code: 'OK', name: 'Oklahoma', zones: ['America/Chicago'] },
  { code: 'OR', name: 'Oregon', zones: ['America/Los_Angeles', 'America/Denver'] },
  { code: 'PA', name: 'Pennsylvania', zones: ['America/New_York'] },
  { code: 'RI', name: 'Rhode Island', zones: ['America/New_York'] },
  { code: 'SC', name: 'South Carolina', zones: ['America/New_York'] },
  { code: 'SD', name: 'South Dakota', zones: ['America/Chicago', 'America/Denver'] },
  { code: 'TN', name: 'Tennessee', zones: ['America/New_York', 'America/Chicago'] },
  { code: 'TX', name: 'Texas', zones: ['America/Chicago', 'America/Denver'] },
  { code: 'UT', name: 'Utah', zones: ['America/Denver'] },
  { code: 'VT', name: 'Vermont', zones: ['America/New_York'] },
  { code: 'VA', name: 'Virginia', zones: ['America/New_York'] },
  { code: 'WA', name: 'Washington', zones: ['America/Los_Angeles'] },
  { code: 'WV', name: 'West Virginia', zones: ['America/New_York'] },
  { code: 'WI', name: 'Wisconsin', zones: ['America/Chicago'] },
  { code: 'WY', name: 'Wyoming', zones: ['America/Denver'] },
  { code: 'PR', name: 'Puerto Rico', zones: ['America/Puerto_Rico'] },
  { code: 'VI', name: 'Virgin Islands', zones: ['America/Puerto_Rico'] },
  { code: 'GU', name: 'Guam', zones: ['Pacific/Guam'] },
  { code: 'AS', name: 'American Samoa', zones: ['Pacific/Pago_Pago'] },
  { code: 'MP', name: 'Northern Mariana Islands', zones: ['Pacific/Guam'] },
  { code: 'AB', name: 'Alberta', zones: ['America/Edmonton', 'America/Regina'] },
  {
    code: 'BC',
    name: 'British Columbia',
    zones: ['America/Vancouver', 'America/Fort_Nelson', 'America/Edmonton', 'America/Regina'],
  },
  { code: 'MB', name: 'Manitoba', zones: ['America/Winnipeg', 'America/Atikokan'] },
  { code: 'NB', name: 'New Brunswick', zones: ['America/Halifax'] },
  { code: 'NL', name: 'Newfoundland and Labrador', zones: ['America/St_Johns', 'America/Halifax'] },
  { code: 'NS', name: 'Nova Scotia', zones: ['America/Halifax'] },
  { code: 'NT', name: 'Northwest Territories', zones: ['America/Edmonton', 'America/Regina'] },
  {
    code: 'NU',
    name: 'Nunavut',
    zones: ['America/Toronto', 'America/Rankin_Inlet', 'America/Cambridge_Bay', 'America/Atikokan'],
  },
  { code: 'ON', name: 'Ontario', zones: ['America/Toronto', 'America/Winnipeg', 'America/Atikokan'] },
  { code: 'PE', name: 'Prince Edward Island', zones: ['America/Halifax'] },
  { code: 'QC', name: 'Quebec', zones: ['America/Toronto', 'America/Halifax'] },
  {
    code: 'SK',
    name: 'Saskatchewan',
    zones: ['America/Regina', 'America/Edmonton', 'America/Winnipeg', 'America/Atikokan'],
  },
  { code: 'YT', name: 'Yukon', zones: ['America/Whitehorse'] },
];
