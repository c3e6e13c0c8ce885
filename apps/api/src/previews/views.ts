import { flag, nested, oneOf, raw, text } from '@muster/core/fields';
import { FUNNEL, funnelSchema } from '../runs/funnel.ts';

/** What a run would do now, with masked rows. */
export class PreviewAnswer {
  @oneOf(['campaignPreview']) object!: string;
  @text({ description: 'The campaign', example: 'CM-7K2M-Q9TX' }) campaignId!: string;
  @flag({
    ...{ nullable: true, example: true },
    description: 'Whether contacts are screened; null: there is no exporter, and so no contacts',
  })
  screened!: boolean | null;
  @raw(funnelSchema, { description: FUNNEL }) counts!: Record<string, unknown>;
  @raw(
    { type: 'array', items: { type: 'string' } },
    { description: 'The columns of the file that would be written', example: ['id', 'phone'] },
  )
  columns!: string[];
  @raw(
    { type: 'array', maxItems: 20, items: { type: 'array', items: { type: ['string', 'null'] } } },
    {
      example: [['1001', '+1•••••••0101']],
      description:
        'Its first rows, a list of cells each. Ids, statuses and the two letters of a state are as they are; phone numbers show their last four digits, all else about a person its first letter at most',
    },
  )
  sample!: (string | null)[][];
}

const code = () =>
  text({ nullable: true, description: 'The code with which a run would fail; null where all is well', example: null });
const ok = () => flag({ description: 'Whether a run would get through', example: true });
const words = () =>
  text({ nullable: true, max: 10_000, lines: true, description: 'What is to be mended', example: null });

class RedashVerdictAnswer {
  @ok() ok!: boolean;
  @code() code!: string | null;
  @words() message!: string | null;
  @text({ nullable: true, description: 'What the query is called there', example: '30 or more days past due' })
  queryName!: string | null;
}

class SftpVerdictAnswer {
  @ok() ok!: boolean;
  @code() code!: string | null;
  @words() message!: string | null;
  @text({
    nullable: true,
    max: 1_000,
    example: 'SHA256:8DSmEOw1hTrHuUnJzKYPQdXM5Ug2lsVXz2hZEW2VVNw',
    description: 'The host key that the server showed. Where the campaign names none, the first one seen is pinned',
  })
  hostKeyFingerprint!: string | null;
}

class GuardVerdictAnswer {
  @ok() ok!: boolean;
  @code() code!: string | null;
  @words() message!: string | null;
}

/** How a campaign's connections are. */
export class CheckAnswer {
  @oneOf(['campaignCheck']) object!: string;
  @text({ description: 'The campaign', example: 'CM-7K2M-Q9TX' }) campaignId!: string;
  @nested(() => RedashVerdictAnswer, { nullable: true, description: 'Null: the campaign names no query' })
  redash!: RedashVerdictAnswer | null;
  @nested(() => SftpVerdictAnswer, { nullable: true, description: 'Null: the campaign has no sftpSettings' })
  sftp!: SftpVerdictAnswer | null;
  @nested(() => GuardVerdictAnswer, {
    nullable: true,
    description: 'Null: the company names no complianceGuardUrl, or the exporter does not screen',
  })
  complianceGuard!: GuardVerdictAnswer | null;
}
