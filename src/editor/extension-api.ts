import type { Uri } from 'vscode';
import { BeaverError } from '../base/errors.ts';
import type { BeaverApi } from './api.ts';
import type { Folders } from './folders.ts';
import type { McpServers } from './mcp-servers.ts';
import type { FolderSession } from './model/folder-session.ts';
import { reviewCounts } from './model/status-text.ts';

/** What `activate()` hands out. */
export function extensionApi(folders: Folders, settled: Promise<void>, mcp: McpServers): BeaverApi {
  return {
    version: 1,
    settled,
    onDidChange: folders.onDidChange,
    counts: () => reviewCounts(folders.snapshots),
    refresh: () => folders.refresh(),
    listSkills: async (folder) => (await sessionOf(folders, folder).workspace.skills.list()).skills,
    proposeRevision: async (skillName, proposal, folder) => {
      const session = sessionOf(folders, folder);
      // With zod, which would have to be loaded before activation resolves.
      const { apiProposal } = await import('./api-proposal.ts');
      const answer = await session.workspace.skills.propose(skillName, apiProposal(proposal));
      await session.refresh();
      return answer;
    },
    proposalStatus: async (candidateId, folder) =>
      (await sessionOf(folders, folder).workspace.skills.proposal(candidateId)).proposal,
    mcpServers: () => mcp.servers(),
  };
}

/** @throws BeaverError `no_workspace_folder`, `folder_unknown`. */
function sessionOf(folders: Folders, folder: Uri | undefined): FolderSession {
  const [only, second] = folders.sessions;
  if (only === undefined) {
    throw new BeaverError('no_workspace_folder', 'No folder is open.', { nextStep: 'Open a folder.' });
  }
  const session = folder === undefined ? only : folders.session(folder.toString());
  if (session !== undefined && (folder !== undefined || second === undefined)) return session;
  throw new BeaverError('folder_unknown', 'It is not said which folder of the workspace is meant.', {
    nextStep: 'Give the uri of a workspace folder.',
    field: 'folder',
  });
}
