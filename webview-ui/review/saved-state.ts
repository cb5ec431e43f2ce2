import type { ViewResolution, ViewResolutions } from '../../src/protocol/review-view.ts';

/** What the view leaves for itself over a reload of the window. Small, but for what the host does not have yet. */
export interface SavedState {
  readonly draftId: string;
  readonly path: string;
  /** Index of the chunk the reviewer was at; null for none. */
  readonly current: number | null;
  /** Where the panes were: a chunk and how far through it, from 0 to 1. */
  readonly anchor: { readonly chunk: number; readonly fraction: number };
  readonly details: boolean;
  /** Height of the result in parts of the whole, from 0 to 1. */
  readonly resultShare: number;
  /** Choices and edits that the host has not confirmed, by path. */
  readonly unsent: Readonly<Record<string, Unsent>>;
}

export type Unsent =
  | { readonly kind: 'chunks'; readonly resolutions: ViewResolutions }
  | { readonly kind: 'text'; readonly text: string };

/** Undefined for what no version of this view wrote, and for another draft's state. */
export function readSavedState(value: unknown, draftId: string): SavedState | undefined {
  if (!isRecord(value) || value['draftId'] !== draftId) return undefined;
  const { path, current, anchor, details, resultShare, unsent } = value;
  if (typeof path !== 'string' || !isRecord(anchor)) return undefined;
  return {
    draftId,
    path,
    current: typeof current === 'number' ? current : null,
    anchor: { chunk: numberOr(anchor['chunk'], 0), fraction: numberOr(anchor['fraction'], 0) },
    details: details === true,
    resultShare: Math.min(Math.max(numberOr(resultShare, 0.38), 0.1), 0.9),
    unsent: isRecord(unsent) ? readUnsent(unsent) : {},
  };
}

function readUnsent(value: Readonly<Record<string, unknown>>): Readonly<Record<string, Unsent>> {
  const unsent: Record<string, Unsent> = {};
  for (const [path, entry] of Object.entries(value)) {
    if (!isRecord(entry)) continue;
    const { kind, text, resolutions } = entry;
    if (kind === 'text' && typeof text === 'string') unsent[path] = { kind, text };
    else if (kind === 'chunks' && isRecord(resolutions)) {
      unsent[path] = { kind, resolutions: readResolutions(resolutions) };
    }
  }
  return unsent;
}

function readResolutions(value: Readonly<Record<string, unknown>>): ViewResolutions {
  const resolutions: Record<string, ViewResolution> = {};
  for (const [id, entry] of Object.entries(value)) {
    if (!isRecord(entry)) continue;
    const { take, text } = entry;
    switch (take) {
      case 'base':
      case 'local':
      case 'upstream':
      case 'local_then_upstream':
      case 'upstream_then_local':
        resolutions[id] = { take };
        break;
      case 'text':
      case 'proposal':
        if (typeof text === 'string') resolutions[id] = { take, text };
    }
  }
  return resolutions;
}

function numberOr(value: unknown, fallback: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
