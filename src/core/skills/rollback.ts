import { BeaverError, type Finding } from '../../base/errors.ts';
import { IndexBook } from './index-book.ts';
import { pointer, bytesOf } from './version-plan.ts';
import { planSwitch, type SkillsDeps, timestamp } from './version-writer.ts';
import type { CurrentPointer } from './models.ts';
import type { Transaction } from './transaction.ts';

/**
 * Plans that an earlier (or later) version becomes current again. The version itself is not touched, nor is the accepted upstream.
 * @throws BeaverError `version_unknown`, `version_damaged`, or `version_current` when there is nothing to do.
 */
export async function planRollback(
  deps: SkillsDeps,
  transaction: Transaction,
  skillName: string,
  version: string,
): Promise<{ readonly current: CurrentPointer; readonly findings: readonly Finding[] }> {
  const loaded = await deps.store.load(skillName);
  if (loaded.current.version === version) {
    throw new BeaverError('version_current', `${version} is the current version of "${skillName}" already.`, {
      nextStep: 'Choose another version; "beaver skills show" lists them.',
      field: 'version',
    });
  }
  const tree = await deps.store.versionTree(skillName, version);
  const content = { skillName, digest: tree.digest, createdAt: timestamp(deps.ports) };
  const current = pointer(content, version, 'rollback', loaded.current.version);
  const index = await IndexBook.read(deps.store, deps.layout);
  const findings = await planSwitch(
    deps,
    transaction,
    index,
    loaded,
    current,
    bytesOf(tree.digest, tree.bytes),
  );
  return { current, findings };
}
