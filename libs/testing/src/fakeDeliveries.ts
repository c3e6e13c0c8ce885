import { CancelAsked } from '@muster/pipeline/cancelAsked';
import { type Deliveries, type Delivery, type DeliveryState } from '@muster/pipeline/deliveries';
import { LeaseLost } from '@muster/pipeline/leaseLost';
import { type Lease } from '@muster/pipeline/runs';

/** The ledger in memory, for one run. */
export class FakeDeliveries implements Deliveries {
  readonly rows: Delivery[] = [];
  /** The attempt that holds the step; writes of others are refused. */
  currentAttempt = 1;
  cancelIsAsked = false;

  /** What became of a file: the states of its tries, in order. */
  statesOf(file: string): DeliveryState[] {
    return this.rows.filter((row) => row.file === file).map(({ state }) => state);
  }

  async last(_runId: string, file: string) {
    const row = this.rows.filter((one) => one.file === file).at(-1);
    return row && { ...row };
  }

  async plan(lease: Lease, planned: Omit<Delivery, 'try' | 'state' | 'temporaryName'>): Promise<Delivery> {
    this.requireCurrent(lease);
    const tried = this.rows.filter(({ file }) => file === planned.file).length;
    const row: Delivery = {
      ...planned,
      try: tried + 1,
      state: 'planned',
      temporaryName: `.muster-${lease.runId}-${planned.file}-${tried + 1}.part`,
    };
    this.rows.push(row);
    return { ...row };
  }

  async mark(lease: Lease, delivery: Delivery, { state }: { state: DeliveryState }) {
    this.requireCurrent(lease);
    const row = this.rows.find((one) => one.file === delivery.file && one.try === delivery.try);
    if (!row) throw new Error('there is no such try');
    row.state = state;
    delivery.state = state;
  }

  async beginRename(lease: Lease, delivery: Delivery) {
    if (this.cancelIsAsked) throw new CancelAsked(lease.runId);
    await this.mark(lease, delivery, { state: 'renaming' });
  }

  private requireCurrent({ runId, step, attempt }: Lease) {
    if (attempt !== this.currentAttempt) throw new LeaseLost(runId, step, attempt);
  }
}
