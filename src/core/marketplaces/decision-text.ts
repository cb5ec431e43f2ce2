import { filled, type Phrase } from '../../base/phrase.ts';
import type { DecisionCode } from './auto-update-plan.ts';
import type { PackageChange } from './package-change.ts';

/** Why auto-update did what it did, in English; the places are those of `DECISION_CODES`. */
export const DECISION_SENTENCES: Readonly<Record<DecisionCode, string>> = {
  auto_update_off: 'Auto-update is off ({by}).',
  not_from_a_marketplace: 'It came from no marketplace, and is updated when you ask for it.',
  marketplace_gone: 'The marketplace {marketplace} is not known here any more.',
  marketplace_off: 'Auto-update is off for the marketplace {marketplace}.',
  marketplace_untrusted: 'The marketplace {marketplace} is not trusted.',
  plugin_disabled: 'The plugin is disabled.',
  updates_paused: 'Its updates are paused.',
  pinned: 'It is pinned to {pin}.',
  offline: 'There is no network.',
  metered: 'The network is metered.',
  entry_gone: 'The marketplace {marketplace} does not list it any more.',
  source_changed: 'The marketplace {marketplace} names another source for it; you decide.',
  check_failed: 'Looking for updates failed ({error}).',
  nothing_offered: 'Its source offers nothing.',
  pin_not_offered: 'Its source offers nothing that {pin} allows.',
  offers_ignored: 'What is offered is not installed again: {reason}',
  up_to_date: '{version} is the newest.',
  downgrade: '{to} is older than {from}; you decide.',
  major_version: 'From {from} to {to} is a major step; you decide.',
  tag_moved: 'The tag {tag} names other content than it did; you decide.',
  version_republished: 'Version {version} was published again with other content; you decide.',
  mode_notify: '{from} can be updated to {to}.',
  mode_stage: '{to} is downloaded and checked; {from} is in use until you update.',
  mode_apply: 'Updated from {from} to {to}.',
  consent_required: '{to} brings something new that asks for you; {from} is in use.',
  not_installed: 'The update ended without a change ({error}).',
};

export function decisionText({ code, params }: Phrase): string {
  return Object.hasOwn(DECISION_SENTENCES, code)
    ? filled(DECISION_SENTENCES[code as DecisionCode], params)
    : code;
}

/** What a change is, in a few words for a table. */
export function changeText(change: PackageChange): string {
  switch (change.kind) {
    case 'none':
      return 'up to date';
    case 'upgrade':
      return change.size === 'prerelease' ? 'prerelease step' : `${change.size} update`;
    case 'downgrade':
      return 'older version';
    case 'republished':
      return 'other content, same version';
    case 'retagged':
      return `tag ${change.tag} was moved`;
    case 'new_content':
      return 'new content';
  }
}
