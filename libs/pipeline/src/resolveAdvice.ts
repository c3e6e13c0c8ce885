interface InDoubt {
  campaignId: string;
  runId: string;
  file: string;
}

/** What to do about a delivery of which nobody knows, with the call that says so: whoever reads it may have nothing else at hand. */
export function resolveAdvice({ campaignId, runId, file }: InDoubt): string {
  const path = `/campaigns/${campaignId}/runs/${runId}/deliveries/${file}/resolve`;
  return (
    'Ask whoever reads that directory, then resolve the delivery, as delivered or as notDelivered: ' +
    `POST ${path}; it is not sent again by itself`
  );
}
