import { recallSync } from '../app/unchanged-sync.ts';
import type { SyncPayload } from '../app/payloads.ts';
import { NodeFileSystem } from '../node/node-files.ts';
import type { OpenRequest } from './context.ts';
import { workspaceOptions } from './workspace-options.ts';

/** The answer of the last `plugins sync`, where nothing has changed since. Opens no workspace: that alone takes longer than looking. */
export async function recallLastSync(request: OpenRequest): Promise<SyncPayload | undefined> {
  return recallSync(new NodeFileSystem(), await workspaceOptions(request));
}
