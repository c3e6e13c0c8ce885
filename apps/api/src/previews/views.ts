import { flag, nested, oneOf, raw, text } from '@muster/core/fields';
import { FUNNEL, funnelSchema } from '../runs/funnel.ts';

/** What a run would do now, with masked rows. */
export class PreviewAnswer {
  @oneOf(['campaignPreview']) object!: string;
  @text() campaignId!: string;
  @flag({
    nullable: true,
    description: 'Whether contacts are screened; null: there is no exporter, and so no contacts',
  })
  screened!: boolean | null;
  @raw(funnelSchema, { description: FUNNEL }) counts!: Record<string, unknown>;
  @raw({ type: 'array', items: { type: 'string' } }, { description: 'The columns of the file that would be written' })
  columns!: string[];
  @raw(
    { type: 'array', maxItems: 20, items: { type: 'array', items: { type: ['string', 'null'] } } },
    {
      description:
        'Its first rows, a list of cells each. Ids, statuses and the two letters of a state are as they are; phone numbers show their last four digits, all else about a person its first letter at most',
    },
  )
  sample!: (string | null)[][];
}

const code = () =>
  text({ nullable: true, description: 'The code with which a run would fail; null where all is well' });
const words = () => text({ nullable: true, max: 10_000, lines: true, description: 'What is to be mended' });

class RedashVerdictAnswer {
  @flag() ok!: boolean;
  @code() code!: string | null;
  @words() message!: string | null;
  @text({ nullable: true, description: 'What the query is called there' }) queryName!: string | null;
}

class SftpVerdictAnswer {
  @flag() ok!: boolean;
  @code() code!: string | null;
  @words() message!: string | null;
  @text({
    nullable: true,
    max: 1_000,
    description: 'The host key that the server showed. Where the campaign names none, the first one seen is pinned',
  })
  hostKeyFingerprint!: string | null;
}

/** How a campaign's connections are. */
export class CheckAnswer {
  @oneOf(['campaignCheck']) object!: string;
  @text() campaignId!: string;
  @nested(() => RedashVerdictAnswer, { nullable: true, description: 'Null: the campaign names no query' })
  redash!: RedashVerdictAnswer | null;
  @nested(() => SftpVerdictAnswer, { nullable: true, description: 'Null: the campaign has no sftpSettings' })
  sftp!: SftpVerdictAnswer | null;
}
