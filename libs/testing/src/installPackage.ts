import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { withInstallLock } from './withInstallLock.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 180_000;

// Nobody asked for a service: none is started now (policy-rc.d), and an ssh server is not left for the next boot.
const INSTALL = `
package=$1
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\\nexit 101\\n' >$policy && chmod 755 $policy
fi
export DEBIAN_FRONTEND=noninteractive
get() { apt-get -qq -y --no-install-recommends -o DPkg::Lock::Timeout=120 install "$package"; }
get || { apt-get -qq update && get; } || exit 1
if [ "$package" = openssh-server ] && command -v systemctl; then systemctl disable ssh.service ssh.socket; fi
exit 0
`;

/** Installs a Debian package if that needs no password; otherwise gives the reason why not. */
export async function installPackage(name: string): Promise<string | undefined> {
  const shell = await rootShell();
  if (!shell) return 'installing it needs a password or another package manager than apt-get';
  const [command, ...args] = shell;
  process.stderr.write(`Installing ${name}, which the tests need (apt-get) …\n`);
  return withInstallLock(() =>
    run(command, [...args, '-c', INSTALL, 'install', name], { timeout: TIMEOUT_MS, cwd: '/' }).then(
      () => undefined,
      (error: unknown) => `apt-get could not install ${name} (${lastLine((error as { stderr?: string }).stderr)})`,
    ),
  );
}

async function rootShell(): Promise<[string, ...string[]] | undefined> {
  if (!(await succeeds('apt-get', '--version'))) return undefined;
  if (process.getuid?.() === 0) return ['/bin/sh'];
  return (await succeeds('sudo', '-n', 'true')) ? ['sudo', '-n', '/bin/sh'] : undefined;
}

function succeeds(command: string, ...args: string[]) {
  return run(command, args).then(
    () => true,
    () => false,
  );
}

function lastLine(text = '') {
  return text.trim().split('\n').at(-1) ?? '';
}
