import { nearest } from '@muster/core/nearest';

/** What the demo was asked for. */
export interface DemoOptions {
  /** End after the run instead of staying up. */
  once: boolean;
  /** Forget what earlier starts have left. */
  fresh: boolean;
  help: boolean;
  /** Where everything is kept; default `.demo` in the checkout. */
  home?: string;
}

export const usage = `npm run demo -- [options]

  --once         end after the run; exit code 0 only if it succeeded
  --fresh        begin anew: forget the data of earlier starts
  --home <dir>   keep everything there instead of in .demo
  --help         this text

From the environment: REDIS_URL puts the queue into Redis; ALLOW_HTTP and ALLOW_ADDRESSES let more be
reached, as a webhook to try: ALLOW_HTTP=127.0.0.1:9000`;

const FLAGS = ['--once', '--fresh', '--help', '--home'];

/** Reads the arguments of the demo. Throws an Error with a sentence for whoever typed them. */
export function readOptions(args: readonly string[]): DemoOptions {
  const options: DemoOptions = { once: false, fresh: false, help: false };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--once') options.once = true;
    else if (arg === '--fresh') options.fresh = true;
    else if (arg === '--help' || arg === '-h') options.help = true;
    else if (arg === '--home') options.home = valueOf(arg, rest.shift());
    else throw new Error(unknownOption(arg));
  }
  return options;
}

function valueOf(name: string, value: string | undefined) {
  if (value === undefined || value === '') throw new Error(`${name} wants a directory after it`);
  return value;
}

function unknownOption(arg: string) {
  const meant = nearest(arg, FLAGS);
  return `there is no option ${arg}${meant ? `: did you mean ${meant}?` : ''}\n\n${usage}`;
}
