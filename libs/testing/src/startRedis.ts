import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findProgram } from './findProgram.ts';
import { startGuarded } from './startGuarded.ts';
import { startOnFreePort, untilLogged } from './startOnFreePort.ts';

const SETTINGS = ['--bind', '127.0.0.1', '--maxmemory-policy', 'noeviction', '--save', '', '--daemonize', 'no'];

export interface RedisOptions {
  /** Keeps an append-only file, so that restart() finds what was there; off by default. */
  persistent?: boolean;
}

export interface RedisServer {
  url: string;
  port: number;
  directory: string;
  /** Ends it as a crash would; restart() brings it back. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with its data if it is persistent. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a Redis of the caller's own on a free port of 127.0.0.1; it ends when we do, even by SIGKILL. */
export async function startRedis({ persistent = false }: RedisOptions = {}): Promise<RedisServer> {
  const program = await findProgram('redis-server');
  const directory = await mkdtemp(join(tmpdir(), 'muster-redis-'));
  const command = await underItsName(program, directory);
  const args = ['--dir', directory, '--appendonly', persistent ? 'yes' : 'no', ...SETTINGS];
  const start = (port: number) => launch({ command, args, directory, port });

  let running = await startOnFreePort(start);
  const { port } = running;
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    directory,
    kill: () => running.server.kill(),
    restart: async () => {
      await running.server.kill();
      running = await start(port);
    },
    stop: async () => {
      await running.server.stop();
      await rm(directory, { recursive: true, force: true }); // what stays after kill()
    },
  };
}

interface Launch {
  command: string;
  args: string[];
  directory: string;
  port: number;
}

async function launch({ command, args, directory, port }: Launch) {
  const logFile = join(directory, 'server.log');
  await rm(logFile, { force: true }); // else the words of the last start would count
  const server = startGuarded({
    command,
    args: [...args, '--port', String(port)],
    logFile,
    stopSignal: 'TERM',
    removeAtStop: [directory],
  });
  try {
    await untilLogged(server, logFile, 'Ready to accept connections');
    return { server, port };
  } catch (error) {
    await server.kill();
    throw error;
  }
}

// The binary of Debian's redis-tools is a file checker or the server, by the name it is called.
async function underItsName(program: string, directory: string) {
  if (basename(program) !== 'redis-check-rdb') return program;
  const link = join(directory, 'redis-server');
  await symlink(program, link);
  return link;
}
