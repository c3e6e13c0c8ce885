import { themes, type Theme } from '@muster/core/contactExporter';
import { interactionChannels, type InteractionChannel } from '@muster/core/directory';
import { flag, oneOf, text } from '@muster/core/fields';
import { nameOfObject, namesOfObjects } from '../directory/nameOfObject.ts';

const clearable = { optional: true, nullable: true } as const;
const MOST_LOANS = 100;

/** The body of `POST …/can-interact`. */
export class CanInteract {
  @oneOf(interactionChannels, { description: 'The way that it is to take' }) channel!: InteractionChannel;
  @oneOf(themes, { ...clearable, description: 'What it is for; this or a subject' }) theme?: Theme | null;
  @text({
    ...{ ...clearable, min: 1, example: null },
    description:
      'What it is about, in place of a theme, which it implies: reminders of payments, autopay and cards opsServicing, ' +
      'loanOverdue… and loanRightToCure… opsCollDebt; freeForm, custom1 to custom20 and unknown ones imply none, and are ' +
      'then judged by the rules that hold for every theme',
  })
  subject?: string | null;
  @nameOfObject({ ...clearable, description: 'A loan of the person' }) loanId?: string | number | null;
  @namesOfObjects({
    ...{ ...clearable, max: MOST_LOANS },
    description: 'Loans of the person, beside `loanId`: each of them must allow it',
  })
  loanIds?: (string | number)[] | null;
  @nameOfObject({
    ...clearable,
    description: 'The contact of the person that is to be used; without one, only what is known of the person counts',
  })
  contactId?: string | number | null;
  @text({ ...clearable, min: 1, description: 'The same contact, by its externalId' }) contactExternalId?: string | null;
  @flag({
    optional: true,
    description:
      'Whether hours are judged as of noon of the company’s day, as for a file that is worked through all day; a ' +
      'do-not-interact at any hour of that day then refuses',
  })
  checkAtCompanyNoon = false;
  @flag({ optional: true, description: 'Whether a machine dials; of voice only, elsewhere it says nothing' })
  isAutodialed = false;
}
