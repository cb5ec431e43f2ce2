import type { InstallDeps } from '../core/install/install-deps.ts';
import type { Finding } from '../base/errors.ts';
import { examineInstalls, INSTALL_REPAIRS } from '../core/install/install-doctor.ts';
import { sweepPackages } from '../core/install/package-store.ts';
import { diagnose, type DoctorReport } from '../core/mirror/doctor.ts';
import type { MirrorDeps } from '../core/mirror/mirror-deps.ts';
import type { LockWait } from '../core/ports.ts';

/** The whole check: the store and its links, then what is installed. With `fix`, what can be repaired without losing anything is. */
export async function examineWorkspace(
  deps: MirrorDeps,
  running: ReadonlySet<string>,
  write: InstallDeps['write'],
  fix: boolean,
  wait: LockWait,
): Promise<DoctorReport> {
  const { layout, ports } = deps;
  const before = await examineInstalls(ports.files, layout, running);
  const store = await diagnose(deps, fix, (body) => write('repair the store', wait, body));
  if (!fix || !before.some(({ code }) => INSTALL_REPAIRS.has(code)))
    return { findings: inOrder([...store.findings, ...before]), fixed: store.fixed };
  await write('repair what is installed', wait, () => sweepPackages(ports.files, layout));
  const after = await examineInstalls(ports.files, layout, running);
  const left = new Set(after.map(keyOf));
  const ended = before.filter((finding) => !left.has(keyOf(finding))).map(({ code }) => code);
  return { findings: inOrder([...store.findings, ...after]), fixed: [...store.fixed, ...ended].sort() };
}

function inOrder(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ path, code, message }: Finding): string {
  return `${path}\0${code}\0${message}`;
}
