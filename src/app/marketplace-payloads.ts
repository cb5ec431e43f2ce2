import * as z from 'zod';
import { catalogPluginSchema } from '../core/marketplaces/catalog.ts';
import { AUTO_UPDATE_MODES } from '../core/marketplaces/auto-update-mode.ts';
import { findingPayload } from './payloads.ts';

/** Answers about marketplaces: one vocabulary for the command line and the editor. A folder of this machine is named by its last part (invariant 9). */

export const marketplacePayload = z.object({
  name: z.string(),
  /** As a person writes it. */
  source: z.string(),
  source_kind: z.enum(['git', 'npm', 'url', 'local']),
  /** Fetched from where the makers of an agent publish it. */
  official: z.boolean(),
  trusted: z.boolean(),
  auto_update: z.enum(AUTO_UPDATE_MODES),
  /** What its plugins are held to unless they have a pin of their own. */
  default_pin: z.string().nullable(),
  revision: z.string().nullable(),
  last_check: z.string().nullable(),
  last_error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type MarketplacePayload = z.infer<typeof marketplacePayload>;

export const marketplaceListPayload = z.object({ marketplaces: z.array(marketplacePayload) });
export type MarketplaceListPayload = z.infer<typeof marketplaceListPayload>;

/** `findings`: entries that cannot be used, and why. */
export const marketplaceAnswer = z.object({
  marketplace: marketplacePayload,
  plugin_count: z.int(),
  findings: z.array(findingPayload),
});
export type MarketplaceAnswer = z.infer<typeof marketplaceAnswer>;

export const refreshPayload = z.object({
  refreshed: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['updated', 'unchanged', 'failed']),
      added: z.array(z.string()),
      removed: z.array(z.string()),
      changed: z.array(z.string()),
      error: z.object({ code: z.string(), message: z.string(), next_step: z.string() }).nullable(),
    }),
  ),
});
export type RefreshPayload = z.infer<typeof refreshPayload>;

/** What the catalog says of a plugin, and what this workspace makes of it. */
export const offeredPluginPayload = catalogPluginSchema
  .pick({
    name: true,
    display_name: true,
    description: true,
    version: true,
    category: true,
    tags: true,
    author: true,
    homepage: true,
    license: true,
  })
  .extend({
    /** `name@marketplace`: what it would be installed as. */
    id: z.string(),
    marketplace: z.string(),
    source: z.string(),
    installed: z.boolean(),
  });
export type OfferedPluginPayload = z.infer<typeof offeredPluginPayload>;

export const browsePayload = z.object({
  plugins: z.array(offeredPluginPayload),
  /** Catalogs that cannot be read, and marketplaces that were never fetched. */
  errors: z.array(findingPayload),
});
export type BrowsePayload = z.infer<typeof browsePayload>;

export const removedMarketplacePayload = z.object({
  removed: z.string(),
  /** Plugins from it that stay installed. */
  still_installed: z.array(z.string()),
});
export type RemovedMarketplacePayload = z.infer<typeof removedMarketplacePayload>;
