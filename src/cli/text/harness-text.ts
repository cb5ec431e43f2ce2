import type {
  HarnessCheckPayload,
  HarnessPayload,
  HarnessUpdatePayload,
} from '../harness/harness-payloads.ts';
import { oneLine, type Style } from '../style.ts';

export function harnessText(style: Style, one: HarnessPayload): string {
  const lines = [
    `${style.strong(one.harness)} ${style.faint(`(${one.product}, channel ${one.channel})`)}`,
    `  active:   ${one.active === null ? 'none yet' : `${one.active.version} ${style.faint(one.active.executable)}`}`,
    ...(one.local_build === null
      ? []
      : [
          `  local:    ${one.local_build.program} ${style.faint(`starts instead, since ${one.local_build.since}`)}`,
        ]),
    ...(one.staged === null ? [] : [`  staged:   ${one.staged.version}`]),
    ...(one.previous === null ? [] : [`  previous: ${one.previous.version}`]),
    ...one.ignored.map(
      ({ version, reason, detail }) => `  ignored:  ${version} (${reason}) ${oneLine(detail)}`,
    ),
    ...one.installs.map(
      (install) =>
        `  command:  ${one.command}: ${install.class}${install.manager === null ? '' : ` (${install.manager})`}, ${install.evidence}`,
    ),
    ...one.notices.map(
      ({ code, message }) =>
        `  ${style.warning('note')}      ${oneLine(message)} ${style.faint(`[${code}]`)}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

export function checkText(style: Style, { harness, check }: HarnessCheckPayload): string {
  const name = `${harness.harness} ${check.version ?? ''}`.trim();
  switch (check.outcome) {
    case 'stage':
      return `${style.good('Update')} ${name} can be installed: beaver harness update ${harness.harness}\n`;
    case 'nothing_for_this_machine':
      return `${style.warning('Not for this machine')}: ${name} [${check.reason ?? ''}]\n`;
    case 'current':
    case 'staged_already':
    case 'ignored':
    case 'older':
    case 'not_ours':
      return kept(style, harness, check);
  }
}

export function updateText(style: Style, { harness, update }: HarnessUpdatePayload): string {
  const name = `${harness.harness} ${update.version ?? ''}`.trim();
  switch (update.outcome) {
    case 'activated':
      return `${style.good('Updated')}: ${name} starts from now on. What runs goes on running.\n${harnessText(style, harness)}`;
    case 'staged':
      return `${style.good('Staged')}: ${name}. Start using it with "beaver harness update ${harness.harness}".\n`;
    case 'stage':
    case 'current':
    case 'staged_already':
    case 'ignored':
    case 'older':
    case 'not_ours':
      return kept(style, harness, update);
  }
}

function kept(
  style: Style,
  harness: HarnessPayload,
  {
    outcome,
    version,
    reason,
  }: { readonly outcome: string; readonly version: string | null; readonly reason: string | null },
): string {
  const name = `${harness.harness} ${version ?? ''}`.trim();
  switch (outcome) {
    case 'staged_already':
      return `${name} is staged already.\n`;
    case 'ignored':
      return `${style.warning('Ignored')}: ${name} is not installed again (${reason ?? ''}).\n`;
    case 'older':
      return `The channel has ${name}, which is older than what runs.\n`;
    case 'not_ours':
      return notOurs(style, harness);
    default:
      return `${name} is the newest release.\n`;
  }
}

/** Nothing was asked or changed; what the person can do instead. */
function notOurs(style: Style, harness: HarnessPayload): string {
  const lines = harness.installs
    .filter((install) => install.class !== 'direct')
    .map((install) => {
      const command = install.update_command === null ? '' : ` Update it with: ${install.update_command}`;
      return `  ${install.class}: ${install.evidence}.${command}`;
    });
  return `${style.warning('Left alone')}: "${harness.command}" was not installed by Beaver.\n${lines.join('\n')}\n`;
}
