import { openMetrics } from '@muster/runtime/metrics';
import { meterScheduler } from './meterScheduler.ts';

it('counts slots by who found them, runs that nobody began, and how long sweeps take', async () => {
  const metrics = openMetrics();
  const meter = meterScheduler(metrics);

  meter.queued('ring', 2);
  meter.queued('sweep', 1);
  meter.canceled(3);
  meter.swept(0.02);
  const lines = (await metrics.scrape()).text.split('\n');

  expect(lines).toEqual(
    expect.arrayContaining([
      'muster_slots_recorded_total{found_by="ring"} 2',
      'muster_slots_recorded_total{found_by="sweep"} 1',
      'muster_runs_total{outcome="canceled"} 3',
      'muster_sweep_duration_seconds_bucket{le="0.05"} 1',
    ]),
  );
  const lag = lines.find((line) => line.startsWith('muster_sweep_lag_seconds '));
  expect(Number(lag?.split(' ')[1])).toBeLessThan(5);
});
