import { BeaverError } from '../../base/errors.ts';
import { PluginLifecycle } from '../mirror/lifecycle.ts';
import { StateBook } from '../mirror/state-book.ts';
import { withTransaction } from '../skills/transaction.ts';
import { stepPath, type TransactionStep } from '../skills/transaction-steps.ts';
import { identityText } from '../package-identity.ts';
import { type Attempt, type AttemptMember, attemptStep } from './attempt-journal.ts';
import type { InstallDeps } from './install-deps.ts';
import { type EventContent, installEventStep, type InstallEventName } from './install-events.ts';
import { type InstalledPlugins, readInstalled, serialiseInstalled } from './install-registry.ts';
import type { IgnoredPackage, InstalledPackage, InstalledPlugin } from './installed-plugin.ts';

/** The step that makes the registry say this. */
export function registryStep(deps: InstallDeps, plugins: InstalledPlugins): TransactionStep {
  const { layout } = deps.mirror;
  return { kind: 'write', path: stepPath(layout, layout.installRegistry), text: serialiseInstalled(plugins) };
}

export function timeOf(deps: InstallDeps): string {
  return new Date(deps.mirror.ports.clock.now()).toISOString();
}

export function contentOf(held: InstalledPackage | undefined | null): EventContent | null {
  return held == null ? null : { version: held.version, identity: identityText(held.identity) };
}

/**
 * Rolls an attempt back: the registry names what it named before, skills that came with it are out of use again, and the history has one
 * event with the reason. All of it in one step but the skills, which are taken out first; repeated, it changes nothing. Expects the write lock.
 */
export async function rollBackAttempt(
  deps: InstallDeps,
  attempt: Attempt,
  reason: { readonly code: string; readonly message: string },
  automatic: boolean,
): Promise<void> {
  const { layout, ports, transactions } = deps.mirror;
  const activated = attempt.status === 'activated';
  if (activated) {
    for (const member of attempt.members) if (member.enables) await takeOut(deps, member.plugin_id);
  }
  await withTransaction(transactions, async (transaction) => {
    if (activated) {
      const plugins = new Map(await readInstalled(ports.files, layout));
      for (const member of attempt.members)
        restore(plugins, member, ignoredFor(deps, attempt, member, reason));
      transaction.add(registryStep(deps, plugins));
    }
    const [root] = attempt.members;
    transaction.add(
      attemptStep(layout, { ...attempt, status: 'rolled_back', reason }),
      installEventStep(layout, {
        event_id: `${attempt.correlation_id}-rolled-back`,
        correlation_id: attempt.correlation_id,
        at: timeOf(deps),
        event: 'rolled_back',
        actor: attempt.actor,
        automatic: automatic || attempt.automatic,
        id: attempt.id,
        from: contentOf(root?.package),
        to: contentOf(root?.before?.active),
        phase: attempt.phase,
        reason,
        detail: { operation: attempt.operation },
      }),
    );
    await transaction.commit('roll an installation back');
  });
}

/** What failed its health check is not tried again by itself; what was interrupted may be. */
function ignoredFor(
  deps: InstallDeps,
  attempt: Attempt,
  { package: failed }: AttemptMember,
  reason: { readonly code: string; readonly message: string },
): IgnoredPackage | undefined {
  if (attempt.phase !== 'health-check' || reason.code !== 'install_unhealthy') return undefined;
  const { identity, version } = failed;
  return { identity, version, kind: 'unhealthy', reason, at: timeOf(deps) };
}

function restore(
  plugins: Map<string, InstalledPlugin>,
  { id, before }: AttemptMember,
  ignored: IgnoredPackage | undefined,
): void {
  if (before === null) plugins.delete(id);
  else plugins.set(id, ignored === undefined ? before : withIgnored(before, ignored));
}

export function withIgnored(plugin: InstalledPlugin, ignored: IgnoredPackage): InstalledPlugin {
  const others = plugin.ignored.filter(
    ({ identity }) => identityText(identity) !== identityText(ignored.identity),
  );
  return { ...plugin, ignored: [...others, ignored] };
}

/** Linked skills leave what agents read; edits are taken in first, versions stay. */
export async function takeOut(deps: InstallDeps, pluginId: string): Promise<void> {
  const state = (await StateBook.read(deps.mirror.ports.files, deps.mirror.layout)).find(pluginId);
  if (state?.enabled !== true) return;
  try {
    await new PluginLifecycle(deps.mirror).disable(pluginId, { disableLinkedSkills: true });
  } catch (error) {
    if (!(error instanceof BeaverError)) throw error;
    // An edit that cannot be taken in keeps its skill in use: the plugin is then missing, and says so.
    deps.mirror.ports.log.log('warn', 'Linked skills stay in use', { plugin: pluginId, code: error.code });
  }
}

/** The steps by which an attempt ends well: the registry with its health, one event for each plugin, the journal. */
export function endSteps(
  deps: InstallDeps,
  attempt: Attempt,
  plugins: InstalledPlugins,
  reason: { readonly code: string; readonly message: string } | null,
): readonly TransactionStep[] {
  const { layout } = deps.mirror;
  const events = attempt.members.map((member) =>
    installEventStep(layout, {
      event_id: `${attempt.correlation_id}-${member.id}`,
      correlation_id: attempt.correlation_id,
      at: timeOf(deps),
      event: eventOf(attempt, member),
      actor: attempt.actor,
      automatic: attempt.automatic,
      id: member.id,
      from: contentOf(member.before?.active),
      to: contentOf(member.package),
      phase: null,
      reason,
      detail: neededBy(attempt, member, plugins),
    }),
  );
  return [registryStep(deps, plugins), ...events, attemptStep(layout, { ...attempt, status: 'done' })];
}

/** Who of the attempt needs a member that came with it. */
function neededBy(
  attempt: Attempt,
  { id }: AttemptMember,
  plugins: InstalledPlugins,
): { readonly needed_by?: string } {
  if (id === attempt.id) return {};
  const by = attempt.members.find((one) =>
    plugins.get(one.id)?.dependencies.some((dependency) => dependency.id === id),
  );
  return by === undefined ? {} : { needed_by: by.id };
}

function eventOf(attempt: Attempt, member: AttemptMember): InstallEventName {
  if (attempt.operation === 'rollback') return 'rolled_back';
  return member.before === null ? 'installed' : 'updated';
}
