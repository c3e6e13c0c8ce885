export interface Turns {
  /** How many of the same name are at work at a time. */
  most: number;
  /** How long one waits for its turn. */
  waitMs: number;
  /** The error of who has waited that long. */
  late(): Error;
}

type InTurn = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;

interface Line {
  atWork: number;
  /** In the order in which they came; each is called when it is its turn. */
  waiting: Set<() => void>;
}

/** Does work of the same name a few at a time, first come, first served. */
export function takeTurns({ most, waitMs, late }: Turns): InTurn {
  const lines = new Map<string, Line>();
  const leave = (name: string, line: Line) => {
    const [next] = line.waiting;
    if (next) next();
    else if (--line.atWork === 0) lines.delete(name);
  };
  return async (name, work) => {
    const line = lines.get(name) ?? { atWork: 0, waiting: new Set() };
    lines.set(name, line);
    if (line.atWork < most) line.atWork++;
    else await turnOf(line, waitMs, late);
    try {
      return await work();
    } finally {
      leave(name, line);
    }
  };
}

/** Whoever leaves hands its place on: as many are at work as before. */
function turnOf({ waiting }: Line, waitMs: number, late: () => Error): Promise<void> {
  return new Promise((resolve, reject) => {
    const begin = () => {
      clearTimeout(timer);
      waiting.delete(begin);
      resolve();
    };
    const timer = setTimeout(() => {
      waiting.delete(begin);
      reject(late());
    }, waitMs);
    waiting.add(begin);
  });
}
