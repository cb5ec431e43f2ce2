import type { Phrase } from '../../base/phrase.ts';
import { identityText, originText } from '../package-identity.ts';
import { type PackagePin, pinText } from '../package-pin.ts';
import type { PackageOffers, PackageSource } from '../package-ports.ts';
import { type AutoUpdateLimit, type AutoUpdateMode, mostCautious } from './auto-update-mode.ts';
import { chooseOffer, type IgnoredContent } from './choose-offer.ts';
import {
  type InstalledContent,
  isAlert,
  movedTag,
  type PackageChange,
  packageChange,
} from './package-change.ts';
import { type VersionedOffer, versionedOffers } from './tagged-versions.ts';

/** An installed plugin, as far as auto-update has to know it. */
export interface UpdatablePlugin {
  /** `name@marketplace`. */
  readonly id: string;
  readonly name: string;
  /** Null for what was installed from a place of its own. */
  readonly marketplace: string | null;
  /** Where the installed content came from. */
  readonly source: PackageSource;
  readonly installed: InstalledContent;
  readonly pin: PackagePin | null;
  readonly ignored: readonly IgnoredContent[];
  /** False while the plugin is disabled or its updates are paused. */
  readonly active: 'yes' | 'disabled' | 'paused';
}

/** What a look at a marketplace found. */
export interface SeenMarketplace {
  readonly mode: AutoUpdateMode;
  readonly trusted: boolean;
  readonly defaultPin: PackagePin | null;
  /** Sources of its entries by plugin name. */
  readonly sources: ReadonlyMap<string, PackageSource>;
}

export interface UpdateConditions {
  readonly limit: AutoUpdateLimit;
  readonly offline: boolean;
  readonly metered: boolean;
  /** By plugin id: what its source offers now, or the code of the error that asking ended with. */
  readonly offers: ReadonlyMap<string, PackageOffers | { readonly failed: string }>;
}

export type UpdateAction = 'none' | 'notify' | 'stage' | 'apply';

/** What is done about one plugin, and why: there is a reason in either direction. */
export interface UpdateDecision {
  readonly id: string;
  readonly action: UpdateAction;
  /** One of {@link DECISION_CODES}; its places are named there. */
  readonly reason: Phrase;
  /** The content in question; null where there is none. */
  readonly offer: VersionedOffer | null;
  readonly change: PackageChange['kind'] | null;
  /** A person is to hear of it whatever is done: what had been published under a fixed name was replaced. */
  readonly alert: Phrase | null;
}

/** Every reason, with what fills it. The editor has each in words; so has `decision-text.ts`. */
export const DECISION_CODES = {
  auto_update_off: ['by'],
  not_from_a_marketplace: [],
  marketplace_gone: ['marketplace'],
  marketplace_off: ['marketplace'],
  marketplace_untrusted: ['marketplace'],
  plugin_disabled: [],
  updates_paused: [],
  pinned: ['pin'],
  offline: [],
  metered: [],
  entry_gone: ['marketplace'],
  source_changed: ['marketplace'],
  check_failed: ['error'],
  nothing_offered: [],
  pin_not_offered: ['pin'],
  offers_ignored: ['pin', 'reason'],
  up_to_date: ['version'],
  downgrade: ['from', 'to'],
  major_version: ['from', 'to'],
  tag_moved: ['tag'],
  version_republished: ['version'],
  mode_notify: ['from', 'to'],
  mode_stage: ['from', 'to'],
  mode_apply: ['from', 'to'],
  /** What the package brings asks for a person; told by the installation. */
  consent_required: ['from', 'to'],
  /** The installation ended with this error, or passed it over with this reason; what was in use still is. */
  not_installed: ['error'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type DecisionCode = keyof typeof DECISION_CODES;

/** Whether asking the source of a plugin can lead to anything: what needs no network is settled first. Undefined when it can. */
export function settledWithoutAsking(
  plugin: UpdatablePlugin,
  marketplaces: ReadonlyMap<string, SeenMarketplace>,
  conditions: Omit<UpdateConditions, 'offers'>,
): UpdateDecision | undefined {
  const none = (code: DecisionCode, params: Phrase['params'] = {}) => decision(plugin, 'none', code, params);
  const { limit } = conditions;
  if (limit.mode === 'off') return none('auto_update_off', { by: limit.by ?? 'setting' });
  if (plugin.marketplace === null) return none('not_from_a_marketplace');
  const marketplace = marketplaces.get(plugin.marketplace);
  const named = { marketplace: plugin.marketplace };
  if (marketplace === undefined) return none('marketplace_gone', named);
  if (marketplace.mode === 'off') return none('marketplace_off', named);
  if (!marketplace.trusted) return none('marketplace_untrusted', named);
  if (plugin.active === 'disabled') return none('plugin_disabled');
  if (plugin.active === 'paused') return none('updates_paused');
  const pin = plugin.pin ?? marketplace.defaultPin;
  if (pin?.kind === 'exact') return none('pinned', { pin: pinText(pin) });
  const source = marketplace.sources.get(plugin.name);
  if (source === undefined) return none('entry_gone', named);
  if (originText(source) !== originText(plugin.source))
    return decision(plugin, 'notify', 'source_changed', named);
  if (conditions.offline) return none('offline');
  if (conditions.metered) return none('metered');
  return undefined;
}

/**
 * What auto-update does about each plugin, in the order of their ids: plain data, made of what is installed and what was seen. What only
 * shows in the package itself (new programs, new permissions) is asked about by the installation, which then ends without a change.
 */
export function planAutoUpdate(
  plugins: readonly UpdatablePlugin[],
  marketplaces: ReadonlyMap<string, SeenMarketplace>,
  conditions: UpdateConditions,
): readonly UpdateDecision[] {
  return [...plugins]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(
      (plugin) =>
        settledWithoutAsking(plugin, marketplaces, conditions) ?? decide(plugin, marketplaces, conditions),
    );
}

function decide(
  plugin: UpdatablePlugin,
  marketplaces: ReadonlyMap<string, SeenMarketplace>,
  { limit, offers }: UpdateConditions,
): UpdateDecision {
  const marketplace = marketplaces.get(plugin.marketplace ?? '');
  const seen = offers.get(plugin.id) ?? { failed: 'not_asked' };
  if ('failed' in seen) return decision(plugin, 'none', 'check_failed', { error: seen.failed });
  const source = marketplace?.sources.get(plugin.name) ?? plugin.source;
  const pin = plugin.pin ?? marketplace?.defaultPin ?? null;
  const choice = chooseOffer({ source, pluginName: plugin.name, offers: seen, pin, ignored: plugin.ignored });
  const alert = alertOf(plugin, source, seen, pin);
  if (choice.kind === 'none')
    return { ...decision(plugin, 'none', codeOf(choice.problem), choice.problem.params), alert };
  const { offer } = choice;
  const change = packageChange(plugin.installed, offer, { pluginName: plugin.name, pin });
  const made = (action: UpdateAction, code: DecisionCode, params: Phrase['params']): UpdateDecision => ({
    ...decision(plugin, action, code, params),
    ...{ offer, change: change.kind, alert },
  });
  const step = { from: labelOf(plugin.installed), to: labelOf(offer) };
  if (change.kind === 'none') return made('none', 'up_to_date', { version: step.from });
  if (change.kind === 'retagged') return made('notify', 'tag_moved', { tag: change.tag });
  if (isAlert(change, plugin.installed.identity))
    return made('notify', 'version_republished', { version: step.from });
  if (change.kind === 'downgrade') return made('notify', 'downgrade', step);
  if (change.kind === 'upgrade' && change.size === 'major') return made('notify', 'major_version', step);
  const mode = mostCautious(marketplace?.mode ?? 'off', limit.mode);
  switch (mode) {
    case 'off':
      return made('none', 'marketplace_off', { marketplace: plugin.marketplace ?? '' });
    case 'notify':
      return made('notify', 'mode_notify', step);
    case 'stage':
      return made('stage', 'mode_stage', step);
    case 'apply':
      return made('apply', 'mode_apply', step);
  }
}

function alertOf(
  plugin: UpdatablePlugin,
  source: PackageSource,
  offers: PackageOffers,
  pin: PackagePin | null,
): Phrase | null {
  const all = versionedOffers(source, plugin.name, offers);
  const tag = movedTag(plugin.installed, all, { pluginName: plugin.name, pin });
  return tag === undefined ? null : { code: 'tag_moved', params: { tag } };
}

function codeOf(problem: Phrase): DecisionCode {
  switch (problem.code) {
    case 'pin_not_offered':
    case 'offers_ignored':
      return problem.code;
    default:
      return 'nothing_offered';
  }
}

/** Its version, or the start of its digest. */
function labelOf({ version, identity }: Pick<VersionedOffer, 'version' | 'identity'>): string {
  return (
    version ??
    identityText(identity)
      .replace(/^[^:]*:/, '')
      .slice(0, 12)
  );
}

function decision(
  plugin: UpdatablePlugin,
  action: UpdateAction,
  code: DecisionCode,
  params: Phrase['params'],
): UpdateDecision {
  return { id: plugin.id, action, reason: { code, params }, offer: null, change: null, alert: null };
}
