import { BeaverError } from '../../base/errors.ts';

/** The documents of drafts as the editor opens them. */
export const DRAFT_SCHEME = 'beaver-draft';

export type DraftPart = 'base' | 'local' | 'upstream' | 'result';

export interface DraftLocation {
  /** Uri of the workspace folder, as a string. */
  readonly folder: string;
  readonly draftId: string;
  readonly part: DraftPart;
  /** POSIX path in the skill. */
  readonly path: string;
}

/** Path and query of a document's uri; the last segment is the file's own name, so that its language is recognised. */
export function draftUriParts({ folder, draftId, part, path }: DraftLocation): {
  readonly path: string;
  readonly query: string;
} {
  return { path: `/${draftId}/${part}/${path}`, query: new URLSearchParams({ folder }).toString() };
}

/** @throws BeaverError `draft_uri_invalid` */
export function readDraftUri(uri: { readonly path: string; readonly query: string }): DraftLocation {
  const match = /^\/([^/]+)\/(base|local|upstream|result)\/(.+)$/.exec(uri.path);
  const folder = new URLSearchParams(uri.query).get('folder');
  const [, draftId, part, path] = match ?? [];
  if (draftId === undefined || path === undefined || folder === null || !isPart(part)) {
    throw new BeaverError('draft_uri_invalid', 'This is not a document of a draft.', {
      nextStep: 'Open it from the review.',
    });
  }
  return { folder, draftId, part, path };
}

function isPart(part: string | undefined): part is DraftPart {
  return part === 'base' || part === 'local' || part === 'upstream' || part === 'result';
}
