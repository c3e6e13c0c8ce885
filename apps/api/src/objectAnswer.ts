import { instant, oneOf, text } from '@muster/core/fields';

/** What every object's answer holds. */
export class ObjectAnswer {
  @text({ description: 'Of the form XX-AAAA-AAAA' }) id!: string;
  @text({ description: 'The kind of object' }) object!: string;
  @text({ description: 'The company that it belongs to', example: 'CP-7K2M-Q9TX' }) companyId!: string;
  @text({
    ...{ nullable: true, example: 'our-4711' },
    description: 'The company’s own name for it: unique per company and kind',
  })
  externalId!: string | null;
  @instant({ description: 'When it was made' }) createdAt!: Date;
  @instant({ description: 'When it was last changed' }) updatedAt!: Date;
  @instant({ nullable: true, description: 'When it was deleted: gone from lists and from use', example: null })
  deletedAt!: Date | null;
}

/** The same for a kind of its own, `campaign`, with an id as it has them. */
export function answerOf(kind: string, example: string) {
  class Answer extends ObjectAnswer {}
  text({ description: `Of the form ${example.slice(0, 2)}-AAAA-AAAA`, example })(Answer.prototype, 'id');
  oneOf([kind], { description: 'The kind of object' })(Answer.prototype, 'object');
  return Answer;
}
