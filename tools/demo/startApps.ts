import { type DemoDeps } from './demoDeps.ts';
import { type DemoEnv } from './demoEnvironment.ts';
import { type App, NotStarted, startApp } from './startApp.ts';
import { takePort } from './takePort.ts';

const MOST_COPIES = 20;
const TRIES = 3; // between our look and the API's start somebody else may take the port

/** Starts the API, a worker and a scheduler as they are shipped; gives the API's address. */
export async function startApps(deps: DemoDeps, env: DemoEnv): Promise<string> {
  const { home, started } = deps;
  const begin = (name: 'worker' | 'scheduler') => startApp(name, { env, logs: home.logs });
  const [api, worker, scheduler] = await Promise.all([startApi(deps, env), begin('worker'), begin('scheduler')]);
  started.add(...[api.app, worker, scheduler].map((app) => keepUp(app, deps, env)));
  return `http://127.0.0.1:${api.port}/api`;
}

async function startApi({ home }: DemoDeps, env: DemoEnv) {
  for (let left = TRIES - 1; ; left--) {
    const port = await takePort(home.kept.ports.api);
    try {
      const app = await startApp('api', { env: { ...env, PORT: String(port) }, logs: home.logs });
      home.keep({ ports: { ...home.kept.ports, api: port } });
      return { app, port };
    } catch (error) {
      if (left === 0 || !(error instanceof NotStarted) || !error.log.includes('EADDRINUSE')) throw error;
    }
  }
}

/** A worker or scheduler that dies is replaced, and its successor goes on where it was; without the API the demo is over. */
function keepUp(first: App, { home, say, onLost }: DemoDeps, env: DemoEnv) {
  let stopping = false;
  const isStopping = () => stopping;
  let app = first;
  const follow = async () => {
    for (let copy = 2; ; copy++) {
      await app.ended();
      if (isStopping()) return;
      if (app.name === 'api' || copy > MOST_COPIES) break;
      say(`The ${app.name} has died; another one takes over, and goes on where it was.`);
      app = await startApp(app.name, { env, logs: home.logs, copy });
      if (isStopping()) await app.stop(); // we were stopped meanwhile
    }
    onLost(app);
  };
  const over = follow().catch(() => onLost(app));
  return {
    stop: async () => {
      stopping = true;
      await app.stop();
      await over;
    },
  };
}
