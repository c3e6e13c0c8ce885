import { codeOf } from '@muster/core/errors';

/** What keeps us from asking the payment gateway at all: where it is has not been said, or it may not be asked. */
const UNASKED = ['gatewayNotSet', 'secretUnreadable', 'addressForbidden', 'paymentGatewayNotEncrypted'];

/** Whether an error says that the payment gateway was not even asked, so that it has charged nothing. */
export function isUnasked(error: unknown): boolean {
  return UNASKED.includes(codeOf(error) ?? '');
}
