import { subscribe } from 'node:diagnostics_channel';
import { type ClientRequest } from 'node:http';
import { type Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type RemoteDirectory } from '@muster/pipeline/ports';
import { type StepDeps } from '@muster/pipeline/stepDeps';
import { type CrashPoint, dieAt, dieOfPoison, isArmed } from './crashPoints.ts';
import { watchMatching } from './watchMatching.ts';
import { watchUploads } from './watchUploads.ts';

const HALF_BYTES = 20_000; // less than the rows and the contacts of all borrowers

/** Puts the crash points between the steps and what they need. */
export function withCrashPoints(deps: StepDeps): StepDeps {
  watchRedash();
  watchUploads();
  return { ...deps, ...crashingRuns(deps), ...crashingAudience(deps), ...crashingDelivery(deps) };
}

// The port hides Redash's job; Node itself tells of requests and answers.
function watchRedash() {
  subscribe('http.client.response.finish', (message) => {
    const { method, path } = (message as { request: ClientRequest }).request;
    if (method === 'POST' && path.endsWith('/results')) dieAt('P2');
  });
  subscribe('http.client.request.start', (message) => {
    const { method, path } = (message as { request: ClientRequest }).request;
    if (method === 'GET' && path.includes('/jobs/')) dieAt('P3');
  });
}

function crashingRuns({ runs, source }: StepDeps): Pick<StepDeps, 'runs' | 'source'> {
  return {
    runs: {
      ...runs,
      claim: async (job, isolated) => {
        const claim = await runs.claim(job, isolated);
        if (!claim || 'because' in claim) return claim;
        dieOfPoison(claim.runId);
        dieAt('P1');
        dieAt(`P1-${claim.step}`);
        return claim;
      },
      finishStep: async (lease, summary, files) => {
        if (lease.step === 'query') dieAt('P5');
        if (lease.step === 'export') dieAt('P9');
        const progress = await runs.finishStep(lease, summary, files);
        dieAt('P15');
        dieAt(`P15-${lease.step}`);
        return progress;
      },
    },
    source: { fetchRows: (query, to, signal) => through('P4', to, (half) => source.fetchRows(query, half, signal)) },
  };
}

function crashingAudience({ audience }: StepDeps): Pick<StepDeps, 'audience'> {
  return {
    audience: {
      ...audience,
      match: async (scope, matching, signal) => {
        const matched = await watchMatching(scope, () => audience.match(scope, matching, signal));
        dieAt('P7');
        return matched;
      },
      writeContacts: (cache, matching, to) =>
        through('P8', to, (half) => audience.writeContacts(cache, matching, half)),
    },
  };
}

function crashingDelivery({ deliveries, destination }: StepDeps): Pick<StepDeps, 'deliveries' | 'destination'> {
  return {
    deliveries: {
      ...deliveries,
      beginRename: async (lease, delivery) => {
        dieAt('P13');
        await deliveries.beginRename(lease, delivery);
        dieAt('P13b');
      },
    },
    destination: {
      connect: async (address, signal) => {
        const remote = await destination.connect(address, signal);
        dieAt('P10');
        return crashingRemote(remote);
      },
    },
  };
}

function crashingRemote(remote: RemoteDirectory): RemoteDirectory {
  return {
    ...remote,
    upload: async (localPath, name, signal) => {
      await remote.upload(localPath, name, signal);
      dieAt('P12');
    },
    rename: async (from, to) => {
      await remote.rename(from, to);
      dieAt('P14');
    },
  };
}

/** Has bytes go through a point that is passed when some of them, and no more, are written where they go. */
async function through<Result>(
  point: CrashPoint,
  to: Writable,
  write: (half: Writable) => Promise<Result>,
): Promise<Result> {
  let bytes = 0;
  const half = new Transform({
    transform(chunk: Buffer, _, done) {
      const first = chunk.subarray(0, Math.max(0, HALF_BYTES - bytes));
      bytes += chunk.length;
      if (bytes <= HALF_BYTES || !isArmed(point)) {
        done(null, chunk);
        return;
      }
      half.push(first);
      void untilWritten(half, to).then(() => {
        dieAt(point);
        done(null, chunk.subarray(first.length));
      });
    },
  });
  const [result] = await Promise.all([write(half), pipeline(half, to)]);
  return result;
}

/** Waits until what was pushed has been taken, and its write has come to its end. */
async function untilWritten(from: Readable, to: Writable) {
  while (!to.destroyed && from.readableLength + to.writableLength > 0) await nextTurn();
}
