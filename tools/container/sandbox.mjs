// Runs a command in a root of its own, as a container's engine would: own mounts and processes, this machine's network.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Certificates that this machine trusts beyond Node's own, for machines that reach the registry through a proxy. */
const CA = process.env.NODE_EXTRA_CA_CERTS;

/** $1 root, $2 `ro` or `rw`, $3 folder to keep or nothing, $4 where it is mounted, $5 certificates or nothing. */
const MOUNT = `
root=$1
mount --make-rprivate /
mount --bind "$root" "$root"
: > "$root/run/machine-ca.crt"
[ -e "$root/etc/resolv.conf" ] || : > "$root/etc/resolv.conf"
[ "$2" = rw ] || mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
[ -z "$5" ] || mount --bind "$5" "$root/run/machine-ca.crt"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
[ -z "$3" ] || mount --bind "$3" "$root$4"
shift 5
exec chroot "$root" "$@"
`;

/** Without rights, and without a way to them: `--cap-drop ALL --security-opt no-new-privileges`. */
function asUser(user) {
  const [uid, gid = uid] = user.split(':');
  return [
    ...['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'],
    ...['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all'],
  ];
}

/**
 * Starts `argv` as process 1 of `root`. `user` is `uid:gid`, root's if left out; `readOnly` leaves only /tmp and `volume`
 * (`{ from, to }`) to be written.
 */
export function start(root, argv, { env = {}, cwd = '/', user, readOnly = false, volume, stdio = 'inherit' }) {
  const trust = CA !== undefined && existsSync(CA) ? { NODE_EXTRA_CA_CERTS: '/run/machine-ca.crt' } : {};
  const variables = Object.entries({
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...trust,
    ...env,
  });
  return spawn(
    'unshare',
    [
      ...['--mount', '--pid', '--fork', '--kill-child', 'sh', '-euc', MOUNT, 'sandbox'],
      ...[root, readOnly ? 'ro' : 'rw', volume?.from ?? '', volume?.to ?? '', trust.NODE_EXTRA_CA_CERTS ? CA : ''],
      ...(user === undefined ? [] : asUser(user)),
      ...['env', '-i', ...variables.map(([name, value]) => `${name}=${value}`)],
      ...['sh', '-c', 'cd "$0" && exec "$@"', cwd, ...argv],
    ],
    { stdio },
  );
}

/** Like `start`, and waits for the end. Rejects unless the command exits 0. */
export function run(root, argv, options) {
  return new Promise((resolve, reject) => {
    const child = start(root, argv, options);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${argv.join(' ')}: ${signal ?? `exit ${String(code)}`}`));
    });
  });
}
