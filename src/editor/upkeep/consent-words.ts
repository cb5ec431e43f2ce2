import type { InstallOutcomePayload } from '../../app/install-payloads.ts';
import { consentLines } from '../model/package-words.ts';
import type { Translate } from '../model/translate.ts';

type ConsentChange = NonNullable<InstallOutcomePayload['consent']>['changes'][number];

/** What asks for a person before several updates: a line for each thing, below its plugin. */
export function consentText(
  asked: readonly { readonly id: string; readonly changes: readonly ConsentChange[] }[],
  t: Translate,
): string {
  return asked
    .map(({ id, changes }) =>
      [`${id}:`, ...consentLines(changes, id, t).map((line) => `• ${line}`)].join('\n'),
    )
    .join('\n\n');
}
