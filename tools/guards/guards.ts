import { alertGuards } from './alertGuards.ts';
import { audienceGuards } from './audienceGuards.ts';
import { bucketGuards } from './bucketGuards.ts';
import { deliveryGuards } from './deliveryGuards.ts';
import { fenceGuards } from './fenceGuards.ts';
import { gatewayGuards } from './gatewayGuards.ts';
import { type Guard } from './guard.ts';
import { leaseGuards } from './leaseGuards.ts';
import { restoreGuards } from './restoreGuards.ts';
import { retentionGuards } from './retentionGuards.ts';
import { secrecyGuards } from './secrecyGuards.ts';
import { slotGuards } from './slotGuards.ts';

/** All that `npm run test:guards` takes away, one after the other. */
export const guards: Guard[] = [
  ...slotGuards,
  ...leaseGuards,
  ...fenceGuards,
  ...deliveryGuards,
  ...audienceGuards,
  ...alertGuards,
  ...gatewayGuards,
  ...bucketGuards,
  ...restoreGuards,
  ...retentionGuards,
  ...secrecyGuards,
];
