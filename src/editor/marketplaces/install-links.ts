import * as vscode from 'vscode';
import type { Contribution } from '../contribution.ts';

/** `vscode://beaver-skills.beaver-skills/install?source=…&plugin=…`: a link asks, and a person answers before anything is fetched. */
export const installLinks: Contribution = {
  register(host) {
    return vscode.window.registerUriHandler({
      handleUri: async ({ path, query }) => {
        const { installFromLink } = await import('./install-acts.ts');
        await installFromLink(host, path, query);
      },
    });
  },
};
