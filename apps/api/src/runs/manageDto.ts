import { oneOf, pattern } from '@muster/core/fields';
import { attentions } from '@muster/db/runViews';
import { noteField } from '../noteField.ts';
import { RunsQuery } from './dto.ts';

const reason = `(?:${attentions.join('|')})`;

/** The address of the list of all runs of the company. */
export class CompanyRunsQuery extends RunsQuery {
  @pattern(new RegExp(`^${reason}(?:,${reason}){0,9}$`), {
    optional: true,
    message: `must be some of ${attentions.join(', ')}, with commas between`,
    description: `Only runs that need a person, for one of these reasons: ${attentions.join(', ')}`,
    example: attentions.join(','),
  })
  attention?: string;
}

/** The body of `POST …/deliveries/{file}/resolve`. */
export class ResolveDelivery {
  @oneOf(['delivered', 'notDelivered'], { description: 'What became of the file' })
  as!: 'delivered' | 'notDelivered';
  @noteField({
    description: 'How it is known: shown with the run’s deliveries, and not in its `log.txt`, which goes to others',
  })
  note!: string;
}
