import { startPostgres } from '@muster/testing/startPostgres';
import { type DemoDeps } from './demoDeps.ts';

/** Starts the PostgreSQL of the demo; gives its address. Without it nothing goes on: where it ends by itself, `onLost` is told. */
export async function startDatabase({ home, started, onLost }: Pick<DemoDeps, 'home' | 'started' | 'onLost'>) {
  const postgres = await startPostgres({ directory: home.postgres, durable: true });
  let stopping = false;
  const stop = async () => {
    stopping = true;
    await postgres.stop();
  };
  started.add({ stop });
  void postgres.ended().then(() => {
    if (!stopping) onLost({ name: 'PostgreSQL of the demo', logFile: postgres.logFile });
  });
  return postgres.url;
}
