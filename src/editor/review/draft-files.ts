import * as vscode from 'vscode';
import type { DraftDocument } from '../../app/api.ts';
import { isBeaverError } from '../../base/errors.ts';
import type { EditorHost } from '../contribution.ts';
import { FixedFiles } from '../fixed-files.ts';
import { errorText } from '../model/error-text.ts';
import { DRAFT_SCHEME, draftUriParts, readDraftUri, type DraftLocation } from './draft-uri.ts';

export function draftUri(location: DraftLocation): vscode.Uri {
  return vscode.Uri.from({ scheme: DRAFT_SCHEME, ...draftUriParts(location) });
}

/** Milliseconds that a save waits for another writer. */
const LOCK_PATIENCE = 20_000;

/**
 * The texts of drafts as files of the editor. The three sides are read-only; the result can be edited, and saving it settles the document
 * as a whole text. Nothing of it is on the disk as such.
 */
export class DraftFiles extends FixedFiles {
  readonly #host: EditorHost;
  readonly #saved: (location: DraftLocation) => void;
  /** When a result was last seen to change, in milliseconds: drafts keep no times of their own. */
  readonly #times = new Map<string, { readonly text: string; readonly mtime: number }>();

  constructor(host: EditorHost, saved: (location: DraftLocation) => void) {
    super();
    this.#host = host;
    this.#saved = saved;
  }

  /** Tells open editors to read the results of a draft again. */
  refresh(draftId: string): void {
    this.#readAgain((uri) => readDraftUri(uri).draftId === draftId);
  }

  /** What may be written has become another matter. */
  refreshAll(): void {
    this.#readAgain(() => true);
  }

  #readAgain(which: (uri: vscode.Uri) => boolean): void {
    const events = [...this.#times.keys()]
      .map((uri) => vscode.Uri.parse(uri))
      .filter(which)
      .map((uri) => ({ type: vscode.FileChangeType.Changed, uri }));
    if (events.length > 0) this.changed.fire(events);
  }

  override async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const location = readDraftUri(uri);
    const text = await this.#text(uri, location);
    const stat = {
      type: vscode.FileType.File,
      ctime: 0,
      mtime: this.#mtime(uri, text),
      size: Buffer.byteLength(text),
    };
    return location.part === 'result' && vscode.workspace.isTrusted
      ? stat
      : { ...stat, permissions: vscode.FilePermission.Readonly };
  }

  override async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return Buffer.from(await this.#text(uri, readDraftUri(uri)), 'utf8');
  }

  override async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const location = readDraftUri(uri);
    if (location.part !== 'result' || !vscode.workspace.isTrusted) {
      throw vscode.FileSystemError.NoPermissions(uri);
    }
    const text = Buffer.from(content).toString('utf8');
    const wait = { kind: 'bounded' as const, timeout: LOCK_PATIENCE };
    try {
      const { updates } = this.#workspace(uri, location);
      await updates.resolve(location.draftId, { kind: 'text', path: location.path, text }, wait);
    } catch (error) {
      throw this.#fileError(error);
    }
    this.#mtime(uri, text);
    this.#saved(location);
  }

  async #text(uri: vscode.Uri, location: DraftLocation): Promise<string> {
    let document: DraftDocument | undefined;
    try {
      const { documents } = await this.#workspace(uri, location).updates.detail(location.draftId);
      document = documents.find(({ path }) => path === location.path);
    } catch (error) {
      throw this.#fileError(error);
    }
    if (document === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return document[location.part];
  }

  #workspace(uri: vscode.Uri, { folder }: DraftLocation) {
    const session = this.#host.folders.session(folder);
    if (session === undefined) throw vscode.FileSystemError.Unavailable(uri);
    return session.workspace;
  }

  #mtime(uri: vscode.Uri, text: string): number {
    const key = uri.toString();
    const known = this.#times.get(key);
    if (known?.text === text) return known.mtime;
    const mtime = Date.now();
    this.#times.set(key, { text, mtime });
    return mtime;
  }

  #fileError(error: unknown): Error {
    if (error instanceof vscode.FileSystemError) return error;
    const { message, nextStep } = errorText(error, vscode.env.language.startsWith('en'), this.#host.t);
    const text = `${message} ${nextStep}`;
    return isBeaverError(error, 'draft_unknown')
      ? vscode.FileSystemError.FileNotFound(text)
      : vscode.FileSystemError.Unavailable(text);
  }
}
