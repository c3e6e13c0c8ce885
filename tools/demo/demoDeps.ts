import { type DemoHome } from './demoHome.ts';
import { type StopList } from './stopList.ts';

/** What the demo's parts are handed. */
export interface DemoDeps {
  home: DemoHome;
  started: StopList;
  say: (line: string) => void;
  /** Told when one of the processes ends although nobody asked it to. */
  onLost: (app: { name: string; logFile: string }) => void;
}
