import { alertGuards } from './alertGuards.ts';
import { audienceGuards } from './audienceGuards.ts';
import { bucketGuards } from './bucketGuards.ts';
import { deliveryGuards } from './deliveryGuards.ts';
import { dueGuards } from './dueGuards.ts';
import { fenceGuards } from './fenceGuards.ts';
import { gatewayGuards } from './gatewayGuards.ts';
import { type Guard } from './guard.ts';
import { inboundGuards } from './inboundGuards.ts';
import { leaseGuards } from './leaseGuards.ts';
import { postGuards } from './postGuards.ts';
import { restoreGuards } from './restoreGuards.ts';
import { retentionGuards } from './retentionGuards.ts';
import { secrecyGuards } from './secrecyGuards.ts';
import { slotGuards } from './slotGuards.ts';
import { textGuards } from './textGuards.ts';

/** All that `npm run test:guards` takes away, one after the other. */
export const guards: Guard[] = [
  ...slotGuards,
  ...dueGuards,
  ...leaseGuards,
  ...fenceGuards,
  ...deliveryGuards,
  ...audienceGuards,
  ...alertGuards,
  ...gatewayGuards,
  ...inboundGuards,
  ...textGuards,
  ...postGuards,
  ...bucketGuards,
  ...restoreGuards,
  ...retentionGuards,
  ...secrecyGuards,
];
