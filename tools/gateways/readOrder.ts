import { type OrderForm } from './orderForms.ts';

/** What a body asks for, or the name of the first field that is missing, wrong, or not known. */
export type Reading<Order> = { order: Order } | { faultyField: string };

/** Reads the body of a request in the form that it must have. */
export function readOrder<Order>(body: string, form: OrderForm<Order>): Reading<Order> {
  const given = parse(body);
  if (given === undefined) return { faultyField: '' };
  const checks = new Map<string, (value: unknown) => boolean>(Object.entries(form));
  const names = [...new Set([...checks.keys(), ...Object.keys(given)])];
  const faultyField = names.find((name) => checks.get(name)?.(given[name]) !== true);
  if (faultyField !== undefined) return { faultyField };
  const { type: _, ...order } = given;
  return { order: order as Order };
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const given: unknown = JSON.parse(body);
    return typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
