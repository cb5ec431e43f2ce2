import type { InstallOutcomePayload } from '../../app/install-payloads.ts';
import type { Translate } from '../model/translate.ts';

type ConsentChange = NonNullable<InstallOutcomePayload['consent']>['changes'][number];

/** Lines of a dialog about one plugin before it says how many more there are. */
const MOST_LINES = 12;

/** What asks for a person before an update: a line for each thing, below its plugin. */
export function consentText(
  asked: readonly { readonly id: string; readonly changes: readonly ConsentChange[] }[],
  t: Translate,
): string {
  return asked
    .flatMap(({ id, changes }) => {
      const lines = changes.map((change) => `• ${changeWords(change, id, t)}`);
      const more = lines.length - MOST_LINES;
      return [`${id}:`, ...lines.slice(0, MOST_LINES), ...(more > 0 ? [t('… and {0} more', more)] : []), ''];
    })
    .join('\n')
    .trimEnd();
}

function changeWords({ kind, id, value }: ConsentChange, root: string, t: Translate): string {
  const words = `${kindLabel(kind, t)}: ${value.replaceAll(/\s+/g, ' ')}`;
  return id === root ? words : `${words} (${id})`;
}

function kindLabel(kind: ConsentChange['kind'], t: Translate): string {
  switch (kind) {
    case 'major_version':
      return t('Major version');
    case 'downgrade':
      return t('Older version');
    case 'source_changed':
      return t('Other source');
    case 'new_plugin':
      return t('Another plugin');
    case 'executable':
      return t('Program');
    case 'hook':
      return t('Hook');
    case 'server':
      return t('Server');
    case 'command':
      return t('Command');
    case 'host':
      return t('Host');
    case 'environment':
      return t('Environment variable');
    case 'tool':
      return t('Allowed tool');
  }
}
