import { TemporaryFailure } from '@muster/core/errors';

/** The company can mend it, and what is to be done waits meanwhile. */
export function gatewayMissing(channel: 'text' | 'payment'): TemporaryFailure {
  const say = `the company has no gateway for this: set gateways.${channel} in its settings`;
  return new TemporaryFailure('gatewayNotSet', say);
}
