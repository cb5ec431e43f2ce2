import type { Phrase } from '../../base/phrase.ts';
import type { DecisionCode } from '../../core/marketplaces/auto-update-plan.ts';
import type { Translate } from '../model/translate.ts';

type Words = (t: Translate, params: Phrase['params']) => string;
const text = (params: Phrase['params'], key: string): string => String(params[key] ?? '');

/** Why auto-update did what it did, in the person's language, by code. */
const DECISION_CATALOGUE: Readonly<Record<DecisionCode, Words>> = {
  auto_update_off: (t, p) => t('Auto-update is off ({0}).', text(p, 'by')),
  not_from_a_marketplace: (t) => t('It came from no marketplace, and is updated when you ask for it.'),
  marketplace_gone: (t, p) => t('The marketplace {0} is not known here any more.', text(p, 'marketplace')),
  marketplace_off: (t, p) => t('Auto-update is off for the marketplace {0}.', text(p, 'marketplace')),
  marketplace_untrusted: (t, p) => t('The marketplace {0} is not trusted.', text(p, 'marketplace')),
  plugin_disabled: (t) => t('The plugin is disabled.'),
  updates_paused: (t) => t('Its updates are paused.'),
  pinned: (t, p) => t('It is pinned to {0}.', text(p, 'pin')),
  offline: (t) => t('There is no network.'),
  metered: (t) => t('The network is metered.'),
  entry_gone: (t, p) => t('The marketplace {0} does not list it any more.', text(p, 'marketplace')),
  source_changed: (t, p) =>
    t('The marketplace {0} names another source for it; you decide.', text(p, 'marketplace')),
  check_failed: (t, p) => t('Looking for updates failed ({0}).', text(p, 'error')),
  nothing_offered: (t) => t('Its source offers nothing.'),
  pin_not_offered: (t, p) => t('Its source offers nothing that {0} allows.', text(p, 'pin')),
  offers_ignored: (t, p) => t('What is offered is not installed again: {0}', text(p, 'reason')),
  up_to_date: (t, p) => t('{0} is the newest.', text(p, 'version')),
  downgrade: (t, p) => t('{0} is older than {1}; you decide.', text(p, 'to'), text(p, 'from')),
  major_version: (t, p) => t('From {0} to {1} is a major step; you decide.', text(p, 'from'), text(p, 'to')),
  tag_moved: (t, p) => t('The tag {0} names other content than it did; you decide.', text(p, 'tag')),
  version_republished: (t, p) =>
    t('Version {0} was published again with other content; you decide.', text(p, 'version')),
  mode_notify: (t, p) => t('{0} can be updated to {1}.', text(p, 'from'), text(p, 'to')),
  mode_stage: (t, p) =>
    t('{0} is downloaded and checked; {1} is in use until you update.', text(p, 'to'), text(p, 'from')),
  mode_apply: (t, p) => t('Updated from {0} to {1}.', text(p, 'from'), text(p, 'to')),
  consent_required: (t, p) =>
    t('{0} brings something new that asks for you; {1} is in use.', text(p, 'to'), text(p, 'from')),
  not_installed: (t, p) => t('The update ended without a change ({0}).', text(p, 'error')),
};

/** A reason of a newer Beaver is shown as its English sentence. */
export function decisionWords(
  { code, params, message }: Phrase & { readonly message: string },
  t: Translate,
): string {
  return Object.hasOwn(DECISION_CATALOGUE, code)
    ? DECISION_CATALOGUE[code as DecisionCode](t, params)
    : message;
}
