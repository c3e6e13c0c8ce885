import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { S3 } from '@aws-sdk/client-s3';
import { startGuarded } from './startGuarded.ts';
import { startOnFreePort, untilLogged } from './startOnFreePort.ts';
import { unpackSwift, type UnpackedSwift } from './swift/unpackSwift.ts';

const PYTHON = '/usr/bin/python3'; // Debian's own: its packages hold modules for no other
const SERVER = fileURLToPath(new URL('./swift/swiftServer.py', import.meta.url));
const BUCKET = 'muster-files';

export interface S3Server {
  /** `http://127.0.0.1:port`. */
  endpoint: string;
  bucket: string;
  /** What the SDK finds its credentials in. */
  credentials: { AWS_ACCESS_KEY_ID: string; AWS_SECRET_ACCESS_KEY: string };
  /** For looking at what there is, past our own adapter. */
  s3: S3;
  stop(): Promise<void>;
}

export interface S3Options {
  /** Whether the server refuses to overwrite where it is asked to, as Amazon's does; default true. */
  conditional?: boolean;
}

/** Starts an S3 server (OpenStack Swift) with an empty bucket on a free port of 127.0.0.1; it ends when we do. */
export async function startS3({ conditional = true }: S3Options = {}): Promise<S3Server> {
  const modules = await unpackSwift();
  const home = await mkdtemp(join(tmpdir(), 'muster-s3-'));
  const accessKeyId = 'muster:tests';
  const secretAccessKey = randomBytes(20).toString('hex');
  const words = [accessKeyId, secretAccessKey, conditional ? 'conditional' : ''];
  const { server, port } = await startOnFreePort((free) => launch({ home, port: free, words, modules }));
  const endpoint = `http://127.0.0.1:${port}`;
  const s3 = new S3({
    ...{ endpoint, region: 'us-east-1', forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' },
    credentials: { accessKeyId, secretAccessKey },
  });
  await s3.createBucket({ Bucket: BUCKET });
  return {
    ...{ endpoint, bucket: BUCKET, s3 },
    credentials: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    stop: async () => {
      s3.destroy();
      await server.stop();
    },
  };
}

interface Launch {
  home: string;
  port: number;
  words: string[];
  modules: UnpackedSwift;
}

async function launch({ home, port, words, modules }: Launch) {
  const logFile = join(home, `server-${port}.log`);
  const server = startGuarded({
    command: PYTHON,
    args: ['-W', 'ignore', SERVER, home, String(port), ...words],
    logFile,
    stopSignal: 'TERM',
    removeAtStop: [home],
    env: { ...modules, PYTHONDONTWRITEBYTECODE: '' },
  });
  try {
    await untilLogged(server, logFile, `listening on port ${port}`);
    return { server, port };
  } catch (error) {
    await server.kill();
    throw error;
  }
}
