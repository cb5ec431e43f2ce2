import * as vscode from 'vscode';
import type { Contribution, EditorHost } from '../contribution.ts';
import { FixedFiles } from '../fixed-files.ts';
import { readVersionUri, VERSION_SCHEME, versionUriParts, type VersionLocation } from './version-uri.ts';

/** Folder of a version as the editor may show it; join a path of the version to it. */
export function versionUri(location: VersionLocation): vscode.Uri {
  return vscode.Uri.from({ scheme: VERSION_SCHEME, ...versionUriParts(location) });
}

/** Opens the SKILL.md of a version, to read only. */
export async function showVersion(location: VersionLocation): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.joinPath(versionUri(location), 'SKILL.md'), {
    preview: true,
  });
}

/**
 * The files of versions, to read only: a version is immutable (invariant 2), and an editor on the real file would write to it.
 * They never change, so there is nothing to watch.
 */
class VersionFiles extends FixedFiles {
  readonly #host: EditorHost;
  constructor(host: EditorHost) {
    super();
    this.#host = host;
  }

  override async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const stat = await vscode.workspace.fs.stat(this.#onDisk(uri));
    return { ...stat, permissions: vscode.FilePermission.Readonly };
  }

  override async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    return vscode.workspace.fs.readDirectory(this.#onDisk(uri));
  }

  override async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return vscode.workspace.fs.readFile(this.#onDisk(uri));
  }

  #onDisk(uri: vscode.Uri): vscode.Uri {
    const file = readVersionUri(uri);
    const session = file === undefined ? undefined : this.#host.folders.session(file.folder);
    if (file === undefined || session === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    const folder = session.workspace.skills.versionFolder(file.skillName, file.version);
    return file.path === ''
      ? vscode.Uri.file(folder)
      : vscode.Uri.joinPath(vscode.Uri.file(folder), file.path);
  }
}

export const versionFiles: Contribution = {
  register(host) {
    const files = new VersionFiles(host);
    return vscode.Disposable.from(
      files,
      vscode.workspace.registerFileSystemProvider(VERSION_SCHEME, files, {
        isCaseSensitive: true,
        isReadonly: true,
      }),
    );
  },
};
