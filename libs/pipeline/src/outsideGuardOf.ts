import { type Matching } from './ports.ts';

/** The address of the guard that must allow a run's contacts, too; null: there is none, or nobody is screened. */
export function outsideGuardOf({ guard, exporter }: Pick<Matching, 'guard' | 'exporter'>): string | null {
  return exporter.checkCanInteractData === null ? null : guard.complianceGuardUrl;
}
