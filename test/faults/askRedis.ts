import { Redis } from 'ioredis';

/** Says one command to a Redis, past the product; gives its answer as text. */
export async function askRedis(url: string, command: string, ...words: string[]): Promise<string> {
  const redis = new Redis(url);
  try {
    return String(await redis.call(command, ...words));
  } finally {
    await redis.quit();
  }
}
