import * as vscode from 'vscode';
import { activateEditor } from './editor/activate-editor.ts';
import type { BeaverApi } from './editor/api.ts';
import type { OpenWorkspace } from './editor/lazy-workspace.ts';
import { channelLogger, logFailure } from './editor/log.ts';

/**
 * Called by VS Code once, on the first activation event. Everything heavy happens after it has returned.
 * A failure is shown, because VS Code itself only logs it and the views would stay empty without a word.
 */
export function activate(context: vscode.ExtensionContext): BeaverApi {
  const log = vscode.window.createOutputChannel('Beaver', { log: true });
  context.subscriptions.push(log);
  try {
    let loading: Promise<OpenWorkspace> | undefined;
    return activateEditor(context, log, () => (loading ??= loadDomains(log, context.extension.packageJSON)));
  } catch (error) {
    logFailure(log, 'activate', error);
    void showFailedActivation(log);
    throw error;
  }
}

/** The domains and their doors: most of the extension's code, and nothing that activation needs. */
async function loadDomains(log: vscode.LogOutputChannel, manifest: unknown): Promise<OpenWorkspace> {
  const [
    { createWorkspace },
    { nodePorts },
    { userName },
    { EditorModels },
    { LazyPackages },
    { packageOptions },
    { SystemPrograms },
    { editorHosts },
  ] = await Promise.all([
    import('./app/workspace.ts'),
    import('./node/node-ports.ts'),
    import('./node/user-name.ts'),
    import('./editor/models/editor-models.ts'),
    import('./node/packages/lazy-packages.ts'),
    import('./node/packages/package-options.ts'),
    import('./node/system-programs.ts'),
    import('./editor/editor-hosts.ts'),
  ]);
  const ports = nodePorts({
    log: channelLogger(log),
    models: new EditorModels(),
    packages: (doors) => new LazyPackages(() => packageOptions(process.env, doors, editorProxy())),
    programs: new SystemPrograms(process.env),
  });
  const defaults = { actor: userName(), hosts: editorHosts(manifest) };
  return (options) => createWorkspace(ports, { ...defaults, ...options });
}

/** The proxy that the person set up for the editor; undefined leaves it to the environment. */
function editorProxy(): string | undefined {
  const proxy = vscode.workspace.getConfiguration('http').get<string>('proxy', '');
  return proxy === '' ? undefined : proxy;
}

async function showFailedActivation(log: vscode.LogOutputChannel): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  const message = vscode.l10n.t('Beaver could not start. The log has the reason.');
  if ((await vscode.window.showErrorMessage(message, showLog)) === showLog) log.show();
}
