interface Shown {
  status?: string;
  worker?: string;
  deliveries?: { state: string }[];
  hasRefused?: boolean;
}

const isReportedOn = ({ worker, status = '' }: Shown) =>
  worker === 'external' && ['pending', 'running'].includes(status);

/** The state that an object must be in, where not every one will do. */
const suited: Record<string, (shown: Shown) => boolean> = {
  updateRun: isReportedOn,
  patchRun: isReportedOn,
  retryRun: ({ worker, status, deliveries = [] }) =>
    worker === 'own' && status === 'failed' && deliveries.every(({ state }) => state !== 'unknown'),
  resolveDelivery: ({ deliveries = [] }) => deliveries.some(({ state }) => state === 'unknown'),
  downloadRefusedRows: ({ hasRefused }) => hasRefused === true,
};

/** Whether an object, as it is shown, is in the state for an operation. */
export function suitedFor(operation: string): (shown: object) => boolean {
  return suited[operation.replace(/OfCompany$/, '')] ?? (() => true);
}
