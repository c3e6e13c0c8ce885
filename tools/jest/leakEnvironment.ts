import { type Circus } from '@jest/types';
import { TestEnvironment } from 'jest-environment-node';

const KINDS = ['TCPSocketWrap', 'TCPServerWrap', 'PipeWrap', 'PipeServerWrap', 'UDPWrap', 'ProcessWrap', 'Timeout'];
const FAILED = ['test_fn_failure', 'hook_failure'];
const GRACE_MS = 25;
const GRACE_LOOKS = 80; // a busy machine closes a socket late; what is still open after 2 s was forgotten
const open = () => process.getActiveResourcesInfo().filter((kind) => KINDS.includes(kind));

/** Fails a test file that leaves a socket, server, child process or timer open: Jest alone would pass it and hang. */
export default class LeakEnvironment extends TestEnvironment {
  private before: string[] = [];
  private hasFailure = false;

  override async setup() {
    await super.setup();
    const standard = [process.stdin, process.stdout, process.stderr]; // made on first use, and counted from then on
    this.before = standard.length > 0 ? open() : [];
  }

  handleTestEvent(event: Circus.AsyncEvent | Circus.SyncEvent): void {
    if (this.isFailure(event)) this.hasFailure = true;
  }

  protected isFailure({ name }: Circus.AsyncEvent | Circus.SyncEvent) {
    return FAILED.includes(name);
  }

  override async teardown() {
    let left = this.left();
    for (let i = 0; left.length > 0 && i < GRACE_LOOKS; i++) {
      await new Promise((resolve) => setTimeout(resolve, GRACE_MS).unref());
      left = this.left();
    }
    await super.teardown();
    if (this.hasFailure) return; // a throw here would hide what failed, and a test cut short leaves things open
    if (left.length > 0) throw new Error(`this test file left open: ${left.join(', ')}`);
  }

  private left() {
    const before = [...this.before];
    return open().filter((kind) => {
      const at = before.indexOf(kind);
      if (at >= 0) before.splice(at, 1);
      return at < 0;
    });
  }
}
