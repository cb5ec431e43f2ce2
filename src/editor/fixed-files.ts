import * as vscode from 'vscode';

/**
 * A file system of files that stand for something else: nothing is made, renamed or removed in it. Whoever extends it says what the files
 * hold, and may let them be written.
 */
export abstract class FixedFiles implements vscode.FileSystemProvider {
  protected readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;

  abstract stat(uri: vscode.Uri): Promise<vscode.FileStat>;
  abstract readFile(uri: vscode.Uri): Promise<Uint8Array>;

  dispose(): void {
    this.changed.dispose();
  }

  /** Nothing has to be watched: what changes here is told. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    return Promise.reject(vscode.FileSystemError.FileNotADirectory(uri));
  }

  writeFile(...[uri]: Parameters<vscode.FileSystemProvider['writeFile']>): Promise<void> {
    return Promise.reject(vscode.FileSystemError.NoPermissions(uri));
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
}
