/** Common names, so that no pair of them means anybody. */
export const firstNames = words(
  'James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica',
  'Thomas Karen Charles Sarah Daniel Lisa Matthew Nancy Anthony Sandra Mark Ashley Steven Emily Andrew Kimberly Maria Jose',
);
export const lastNames = words(
  'Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson',
  "Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson O'Brien Walker",
);
export const streets = ['Main St', 'Oak Ave', 'Maple Dr', 'Cedar Ln', '2nd St', 'Park Ave', 'Elm St', 'Lake Rd, Apt 4'];

/** City, state, area code, ZIP, zone: from Maine's clock to Hawaii's, and Arizona, which has no summer time. */
export const places = [
  ['New York', 'NY', '212', '10001', 'America/New_York'],
  ['Boston', 'MA', '617', '02108', 'America/New_York'],
  ['Miami', 'FL', '305', '33101', 'America/New_York'],
  ['Chicago', 'IL', '312', '60601', 'America/Chicago'],
  ['Houston', 'TX', '713', '77002', 'America/Chicago'],
  ['Denver', 'CO', '303', '80202', 'America/Denver'],
  ['Phoenix', 'AZ', '602', '85001', 'America/Phoenix'],
  ['Los Angeles', 'CA', '213', '90001', 'America/Los_Angeles'],
  ['Seattle', 'WA', '206', '98101', 'America/Los_Angeles'],
  ['Honolulu', 'HI', '808', '96813', 'Pacific/Honolulu'],
];

function words(...lines: string[]) {
  return lines.join(' ').split(' ');
}
