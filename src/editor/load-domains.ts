import type * as vscode from 'vscode';
import { editorProxy } from './editor-proxy.ts';
import type { OpenWorkspace } from './lazy-workspace.ts';
import { channelLogger } from './log.ts';

/** The domains and their doors: most of the extension's code, and nothing that activation needs. */
export async function loadDomains(log: vscode.LogOutputChannel, manifest: unknown): Promise<OpenWorkspace> {
  const [
    { createWorkspace },
    { nodePorts },
    { userName },
    { beaverHome },
    { EditorModels },
    { LazyPackages },
    { packageOptions },
    { SystemPrograms },
    { editorHosts },
    { SessionTurns },
    { NodeProcesses },
  ] = await Promise.all([
    import('../app/workspace.ts'),
    import('../node/node-ports.ts'),
    import('../node/user-name.ts'),
    import('../node/beaver-home.ts'),
    import('./models/editor-models.ts'),
    import('../node/packages/lazy-packages.ts'),
    import('../node/packages/package-options.ts'),
    import('../node/system-programs.ts'),
    import('./editor-hosts.ts'),
    import('../core/harness/session-turns.ts'),
    import('../node/harness/node-processes.ts'),
  ]);
  const ports = nodePorts({
    log: channelLogger(log),
    models: new EditorModels(),
    packages: (doors) => new LazyPackages(() => packageOptions(process.env, doors, editorProxy())),
    programs: new SystemPrograms(process.env),
  });
  const home = beaverHome(process.env);
  const quiet = new SessionTurns(ports.files, new NodeProcesses(), home);
  const defaults = { actor: userName(), hosts: editorHosts(manifest), home };
  return (options) => createWorkspace({ ...ports, quiet }, { ...defaults, ...options });
}
