import { Uri } from 'vscode';
import type { Translate } from '../model/translate.ts';

/** Documents about installed plugins that are made when they are looked at. */
export const UPKEEP_SCHEME = 'beaver-upkeep';

export const UPKEEP_KINDS = ['timeline', 'why', 'repair'] as const;
export type UpkeepKind = (typeof UPKEEP_KINDS)[number];

export interface UpkeepDocument {
  readonly kind: UpkeepKind;
  /** Uri of the workspace folder. */
  readonly folder: string;
  /** `name@marketplace`; empty where it is about all of them. */
  readonly id: string;
}

/** The path is what its tab shows. */
export function upkeepUri({ kind, folder, id }: UpkeepDocument, t: Translate): Uri {
  const query = JSON.stringify({ kind, folder, id });
  return Uri.from({ scheme: UPKEEP_SCHEME, path: `/${titleOf(kind, id, t)}.log`, query });
}

export function upkeepDocument({ query }: Uri): UpkeepDocument | undefined {
  const parsed: unknown = JSON.parse(query);
  const [kind, folder, id] = ['kind', 'folder', 'id'].map((key) => member(parsed, key));
  const known = UPKEEP_KINDS.find((one) => one === kind);
  if (known === undefined || folder === undefined || id === undefined) return undefined;
  return { kind: known, folder, id };
}

function titleOf(kind: UpkeepKind, id: string, t: Translate): string {
  switch (kind) {
    case 'timeline':
      return t('Timeline of {0}', id);
    case 'why':
      return t('Why {0} was (not) updated', id);
    case 'repair':
      return t('Installed Plugins');
  }
}

function member(value: unknown, key: string): string | undefined {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return typeof found === 'string' ? found : undefined;
}
