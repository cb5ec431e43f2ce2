import process from 'node:process';
import * as vscode from 'vscode';
import type { Contribution, EditorHost } from './contribution.ts';
import { logFailure } from './log.ts';
import { MCP_PROVIDER, mcpServer, type McpServer } from './model/mcp-server.ts';
import { readSettings } from './settings.ts';

/** Offers the MCP server of each folder that has managed skills to the agents of the editor. It starts when one of them wants it. */
export class McpServers implements Contribution {
  readonly #changed = new vscode.EventEmitter<void>();
  #host: EditorHost | undefined;
  #offered = '';

  register(host: EditorHost): vscode.Disposable {
    const version = versionOf(host.context.extension.packageJSON);
    const registered = vscode.Disposable.from(
      this.#changed,
      host.folders.onDidChange(() => void this.#look(host)),
      vscode.lm.registerMcpServerDefinitionProvider(MCP_PROVIDER, {
        onDidChangeMcpServerDefinitions: this.#changed.event,
        provideMcpServerDefinitions: async () =>
          (await this.servers()).map((server) => definition(server, version)),
      }),
    );
    // Only now: what the editor did not take is not offered elsewhere either.
    this.#host = host;
    return registered;
  }

  /** None while the workspace is not trusted: what it is told to start comes from the folder's settings. */
  async servers(): Promise<readonly McpServer[]> {
    const host = this.#host;
    if (host === undefined || !vscode.workspace.isTrusted) return [];
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    const servers = await Promise.all(folders.map((folder) => serverOf(host, folder, folders.length > 1)));
    return servers.filter((server) => server !== undefined);
  }

  async #look(host: EditorHost): Promise<void> {
    try {
      const offered = JSON.stringify(await this.servers());
      if (offered === this.#offered) return;
      this.#offered = offered;
      this.#changed.fire();
    } catch (error) {
      logFailure(host.log, 'mcp', error);
    }
  }
}

/** Undefined in a folder without managed skills: Beaver being installed is no reason to give every agent more tools. */
async function serverOf(
  host: EditorHost,
  folder: vscode.WorkspaceFolder,
  several: boolean,
): Promise<McpServer | undefined> {
  const settings = readSettings(folder.uri);
  const index = vscode.Uri.joinPath(folder.uri, settings.skillsDirectory, 'index.json');
  const managed = await vscode.workspace.fs.stat(index).then(
    () => true,
    () => false,
  );
  if (!managed) return undefined;
  return mcpServer({
    folder: folder.uri.fsPath,
    name: several ? folder.name : undefined,
    cli: host.context.asAbsolutePath('dist/cli.cjs'),
    execPath: process.execPath,
    settings,
  });
}

function definition(server: McpServer, version: string | undefined): vscode.McpStdioServerDefinition {
  const { label, command, args, env } = server;
  return new vscode.McpStdioServerDefinition(label, command, [...args], { ...env }, version);
}

/** Another version tells the editor that the tools may be others. */
function versionOf(manifest: unknown): string | undefined {
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) return undefined;
  return typeof manifest.version === 'string' ? manifest.version : undefined;
}
