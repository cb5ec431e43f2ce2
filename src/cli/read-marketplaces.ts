import { coded } from '../app/coded-errors.ts';
import { type MarketplaceReading, marketplaceReading } from '../app/marketplace-reading.ts';
import { BeaverError } from '../base/errors.ts';
import { WorkspaceLayout } from '../core/layout.ts';
import { MarketplaceService } from '../core/marketplaces/marketplace-service.ts';
import { NodeFileSystem } from '../node/node-files.ts';
import { SystemClock } from '../node/system-clock.ts';
import type { OpenRequest } from './context.ts';
import { workspaceOptions } from './workspace-options.ts';

/** The marketplaces as they were last looked at. Opens no workspace: loading what that takes is most of what such a command costs. */
export async function readMarketplaces(request: OpenRequest): Promise<MarketplaceReading> {
  const { root, skillsDirectory } = await workspaceOptions(request);
  const files = new NodeFileSystem();
  const layout = new WorkspaceLayout(root, skillsDirectory);
  const service = new MarketplaceService({
    files,
    layout,
    clock: new SystemClock(),
    packages: () => {
      throw readOnly();
    },
    change: () => Promise.reject(readOnly()),
  });
  const reading = marketplaceReading(files, layout, service);
  return {
    list: () => coded(reading.list()),
    browse: (what) => coded(reading.browse(what)),
  };
}

function readOnly(): BeaverError {
  return new BeaverError('packages_unavailable', 'Nothing is fetched and nothing written by a look.', {
    nextStep: 'Run "beaver marketplaces refresh".',
  });
}
