// Preloaded by `npm run bench -- --profile`: writes a CPU profile of the process when it ends, for Chrome's developer tools.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const { PROFILES, PROFILE_NAME } = process.env;

if (isMainThread && PROFILES && PROFILE_NAME) {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.start');
  process.on('exit', () =>
    session.post('Profiler.stop', (error, result) => {
      const file = join(PROFILES, `${PROFILE_NAME}-${process.pid}.cpuprofile`);
      if (!error) writeFileSync(file, JSON.stringify(result.profile));
    }),
  );
}
