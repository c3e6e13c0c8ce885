import { openMetrics } from './metrics.ts';

it('tells the figures of the process, of its work, and of what lies outside', async () => {
  const metrics = openMetrics();
  const count = metrics.counter({ name: 'muster_things_total', help: 'Things', labels: ['kind'] });
  const time = metrics.histogram({ name: 'muster_work_seconds', help: 'Work', labels: ['kind'], buckets: [1, 10] });
  metrics.gauges({
    source: 'database',
    gauges: { muster_rows: { help: 'Rows', labels: ['table'] }, muster_tables: { help: 'Tables', labels: [] } },
    read: async () => ({ muster_rows: [{ labels: { table: 'run' }, value: 3 }], muster_tables: [{ value: 1 }] }),
  });

  count({ kind: 'a' });
  count({ kind: 'a' }, 2);
  time({ kind: 'a' }, 5);
  const { contentType, text } = await metrics.scrape();

  expect(contentType).toMatch(/^text\/plain/);
  expect(text).toMatch(/^process_cpu_seconds_total /m);
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([
      ...['muster_things_total{kind="a"} 3', 'muster_work_seconds_bucket{le="10",kind="a"} 1'],
      ...['muster_rows{table="run"} 3', 'muster_tables 1', 'muster_source_up{source="database"} 1'],
    ]),
  );
});

it('leaves out what a source cannot tell, and tells the rest', async () => {
  const metrics = openMetrics();
  metrics.gauges({
    source: 'database',
    gauges: { muster_rows: { help: 'Rows', labels: [] } },
    read: () => Promise.reject(new Error('away')),
  });

  const { text } = await metrics.scrape();

  expect(text).toContain('muster_source_up{source="database"} 0');
  expect(text).toMatch(/^nodejs_version_info/m);
  expect(text).not.toMatch(/^muster_rows/m);
});
