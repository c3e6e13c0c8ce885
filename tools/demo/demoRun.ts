/** A run as the API answers it, as far as the demo looks. */
export interface DemoRun {
  id: string;
  status: 'pending' | 'running' | 'succeeded' | 'failed' | 'canceled';
  trigger: 'manual' | 'schedule';
  steps: DemoStep[];
  counts: Record<string, number | Record<string, number>>;
  deliveries: { file: string; remoteName: string; state: string; sizeBytes: number; sha256: string }[];
  error: { step: string; code: string; message: string } | null;
}

export interface DemoStep {
  name: string;
  status: string;
  attempts: number;
  startedAt: string | null;
  finishedAt: string | null;
  rowsIn: number | null;
  rowsOut: number | null;
  message: string | null;
}
