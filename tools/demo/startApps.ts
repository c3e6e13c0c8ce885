import { type DemoDeps } from './demoDeps.ts';
import { type DemoEnv } from './demoEnvironment.ts';
import { type App, NotStarted, startApp } from './startApp.ts';
import { takePort } from './takePort.ts';

const TRIES = 3; // between our look and the API's start somebody else may take the port

/** Starts the API, a worker and a scheduler as they are shipped; gives the API's address. */
export async function startApps(deps: DemoDeps, env: DemoEnv): Promise<string> {
  const { home, started } = deps;
  const begin = (name: 'worker' | 'scheduler') => startApp(name, { env, logs: home.logs });
  const [api, worker, scheduler] = await Promise.all([startApi(deps, env), begin('worker'), begin('scheduler')]);
  const apps = [api.app, worker, scheduler];
  started.add(...watch(apps, deps));
  return `http://127.0.0.1:${api.port}/api`;
}

async function startApi({ home }: DemoDeps, env: DemoEnv) {
  for (let left = TRIES - 1; ; left--) {
    const port = await takePort(home.kept.ports.api);
    try {
      const app = await startApp('api', { env: { ...env, PORT: String(port) }, logs: home.logs });
      await home.keep({ ports: { ...home.kept.ports, api: port } });
      return { app, port };
    } catch (error) {
      if (left === 0 || !(error instanceof NotStarted) || !error.log.includes('EADDRINUSE')) throw error;
    }
  }
}

function watch(apps: App[], { onLost }: DemoDeps) {
  return apps.map((app) => {
    let stopping = false;
    void app.ended().then(() => !stopping && onLost(app));
    return {
      stop: () => {
        stopping = true;
        return app.stop();
      },
    };
  });
}
