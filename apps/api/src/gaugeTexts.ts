import { type Database } from '@muster/core/database';
import { readTextGauges } from '@muster/db/sms/textGauges';
import { type Metrics } from '@muster/runtime/metrics';

/** How the texts and charges of all companies stand. */
export function gaugeTexts(metrics: Metrics, db: Database): void {
  metrics.gauges({
    source: 'texts',
    gauges: {
      muster_texts_waiting_seconds: {
        help: 'Since when the oldest that may be taken has waited: texts that came in, others to be sent, due charges, posts',
        labels: ['kind'],
      },
      muster_charges_unknown: {
        help: 'Charges that may or may not have been made: for a person to settle',
        labels: [],
      },
    },
    read: async () => {
      const { waitingSeconds, unknownCharges } = await readTextGauges(db);
      return {
        muster_texts_waiting_seconds: Object.entries(waitingSeconds).map(([kind, value]) => ({
          labels: { kind },
          value,
        })),
        muster_charges_unknown: [{ value: unknownCharges }],
      };
    },
  });
}
