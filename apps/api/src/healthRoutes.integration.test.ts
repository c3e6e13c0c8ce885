import express from 'express';
import { type OpenDatabase } from '@muster/db/openDatabase';
import { waitFor } from '@muster/testing/waitFor';
import { type ApiDeps } from './deps.ts';
import { healthRoutes } from './healthRoutes.ts';
import { identifyRequest } from './identifyRequest.ts';
import { serveApi } from './serveApi.ts';

it('asks the database once at a time, however many want to know, and again afterwards', async () => {
  let asked = 0;
  let answer: (() => void) | undefined;
  const query = () => new Promise<never[]>((resolve) => (asked++, (answer = () => resolve([]))));
  const deps = { db: { query } as unknown as OpenDatabase, box: { keyId: 'a' } } as ApiDeps;
  const api = await serveApi(express().use(identifyRequest, healthRoutes(deps)), { host: '127.0.0.1', port: 0 });
  const ready = async () => (await fetch(`${api.url}/readyz`)).status;
  try {
    expect(await Promise.all(Array.from({ length: 20 }, ready))).toEqual(Array(20).fill(503)); // it is silent
    expect(asked).toBe(1);

    const again = ready();
    await waitFor(() => asked === 2);
    answer?.();
    expect(await again).toBe(200);
  } finally {
    await api.close(0);
  }
});
