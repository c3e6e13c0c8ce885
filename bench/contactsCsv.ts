import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const AREAS = [212, 213, 305, 312, 404, 415, 503, 512, 602, 617, 646, 702, 713, 718, 773, 818, 832, 916, 917, 972];
const HEADER =
  'externalId,personId,contactType,label,affiliation,status,name,value,address.addressLine1,address.city,valid,receiveTextMessages\r\n';
/** A person has two and a half. */
export const CONTACTS_PER_PERSON = 2.5;

/** Writes a bulk load of so many contacts: phones, e-mails and addresses of the persons `person-1`, `person-2`, … */
export async function writeContactsCsv(path: string, rows: number): Promise<void> {
  const out = createWriteStream(path);
  out.write(HEADER);
  for (let row = 0; row < rows; row++) if (!out.write(lineOf(row))) await once(out, 'drain');
  out.end();
  await once(out, 'close');
}

function lineOf(row: number) {
  const person = Math.floor(row / CONTACTS_PER_PERSON) + 1;
  const head = `contact-${row},person-${person}`;
  if (row % 10 < 6) {
    const exchange = 200 + ((row * 7919) % 800);
    const phone = `+1${AREAS[(row * 31) % AREAS.length]}${exchange}${String((row * 104_729) % 10_000).padStart(4, '0')}`;
    return `${head},phone,home,self,primary,"Miller, Robin ${row}",${phone},,,true,${row % 3 === 0}\r\n`;
  }
  if (row % 10 < 9)
    return `${head},email,personal,self,secondary,Robin Miller,robin.miller.${row}@example.com,,,true,\r\n`;
  return `${head},address,home,self,primary,Robin Miller,,${row} Main Street,Springfield,,\r\n`;
}
