import { type Database } from '@muster/core/database';
import { readRunGauges } from '@muster/db/runGauges';
import { type Metrics } from '@muster/runtime/metrics';

/** How the runs of all companies stand. */
export function gaugeRuns(metrics: Metrics, db: Database): void {
  metrics.gauges({
    source: 'database',
    gauges: {
      muster_runs_open: { help: 'Runs that have not ended', labels: ['status'] },
      muster_runs_waiting: { help: 'Open runs without a place: their company has enough under way', labels: [] },
      muster_runs_parked: { help: 'Runs that failed by killing their workers, and wait for a person', labels: [] },
      muster_deliveries_unknown: { help: 'Files that may or may not have arrived: for a person to settle', labels: [] },
      muster_alerts_open: { help: 'What waits for a person: alerts that are open', labels: ['kind'] },
      muster_alerts_undelivered: { help: 'Alerts that a webhook is still to be told of', labels: [] },
      muster_alerts_dead: { help: 'Open alerts that a webhook will not be told of: given up', labels: [] },
      muster_steps_waiting_seconds: {
        help: 'Since when the oldest step that is due has waited for a worker to take it; 0 where none does',
        labels: [],
      },
      muster_slots_overdue_seconds: { help: 'How late the oldest due slot is that nobody recorded yet', labels: [] },
    },
    read: async () => {
      const { open, waiting, parked, unknown, alerts, undelivered, dead, ...seconds } = await readRunGauges(db);
      return {
        muster_runs_open: Object.entries(open).map(([status, value]) => ({ labels: { status }, value })),
        muster_runs_waiting: [{ value: waiting }],
        muster_runs_parked: [{ value: parked }],
        muster_deliveries_unknown: [{ value: unknown }],
        muster_alerts_open: Object.entries(alerts).map(([kind, value]) => ({ labels: { kind }, value })),
        muster_alerts_undelivered: [{ value: undelivered }],
        muster_alerts_dead: [{ value: dead }],
        muster_steps_waiting_seconds: [{ value: seconds.stepsWaitingSeconds }],
        muster_slots_overdue_seconds: [{ value: seconds.overdueSeconds }],
      };
    },
  });
}
