import { text } from '@muster/core/fields';

/** The company's own name for an object, in its body; null takes it away. */
export const externalIdField = () =>
  text({
    ...{ optional: true, nullable: true, min: 1 },
    description: 'The company’s own name for it: unique per company and kind',
  });
