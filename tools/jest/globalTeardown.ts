import { sharedServers } from './servers.ts';

/** Stops what the global set-up started, once its last user has called. */
export default async function globalTeardown(): Promise<void> {
  const servers = sharedServers();
  if (--servers.users > 0) return;
  for (const stop of servers.stop.splice(0).reverse()) await stop();
}
