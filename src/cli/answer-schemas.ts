import * as z from 'zod';
import {
  installedListPayload,
  installHistoryPayload,
  installPayload,
  installUpdatePayload,
  uninstalledPayload,
} from '../app/install-payloads.ts';
import {
  auditPayload,
  capturePayload,
  doctorPayload,
  draftPayload,
  errorPayload,
  mergeProposalPayload,
  mergePayload,
  pluginListPayload,
  pluginPayload,
  proposalPayload,
  proposedPayload,
  publishedPayload,
  replayPayload,
  skillHistoryPayload,
  skillListPayload,
  skillPayload,
  syncPayload,
  updateListPayload,
} from '../app/payloads.ts';
import { cachePayload, clearedCachePayload, verifiedCachePayload } from '../app/cache-payloads.ts';
import {
  browsePayload,
  marketplaceAnswer,
  marketplaceListPayload,
  marketplacePayload,
  refreshPayload,
  removedMarketplacePayload,
} from '../app/marketplace-payloads.ts';
import {
  harnessAnswer,
  harnessAutoPayload,
  harnessCheckPayload,
  harnessListPayload,
  harnessUpdatePayload,
} from './harness/harness-payloads.ts';
import {
  autoUpdatePayload,
  frozenPayload,
  importPayload,
  lockPayload,
  outdatedPayload,
  pinPayload,
  reconcilePayload,
  verifyPayload,
  whyPayload,
} from '../app/upkeep-payloads.ts';
import { preflightReportSchema } from '../core/install/preflight/report.ts';

const draftAnswer = z.object({ draft: draftPayload });
const proposalAnswer = z.object({ proposal: proposalPayload });
const replayAnswer = draftAnswer.extend({ replay: replayPayload });
const skillAnswer = z.object({ skill: skillPayload });

/** `updates show --text`: the result as it stands now, to be edited and given back to `updates resolve`. */
const draftTextAnswer = draftAnswer.extend({
  document: z.object({
    path: z.string(),
    text: z.string(),
    /** Ids of the conflicts that stand between markers in `text`. */
    unresolved: z.array(z.string()),
  }),
});

/** What a model proposed for the conflicts of a draft. */
const mergeProposalAnswer = draftAnswer.extend({ proposal: mergeProposalPayload });
/** `updates show --proposal`. */
const keptProposalAnswer = draftAnswer.extend({ proposal: mergeProposalPayload.nullable() });
/** `serve`: said when it listens. The file is named in full, so that a program can read the token. */
const servingPayload = z.object({ serving: z.object({ url: z.string(), token_file: z.string() }) });
export type ServingPayload = z.infer<typeof servingPayload>;

/** `marketplaces trust` and `set`. */
const oneMarketplaceAnswer = z.object({ marketplace: marketplacePayload });

/** `plugins enable` with several ids, or with `--all`. */
const pluginsAnswer = z.object({ plugins: z.array(pluginPayload) });

/** The shapes of what each command prints with `--json`, by the words of the command; more than one where an option changes it. */
export const answerSchemas = {
  'marketplaces add': [marketplaceAnswer],
  'marketplaces list': [marketplaceListPayload],
  'marketplaces browse': [browsePayload],
  'marketplaces refresh': [refreshPayload],
  'marketplaces trust': [oneMarketplaceAnswer],
  'marketplaces set': [oneMarketplaceAnswer],
  'marketplaces remove': [removedMarketplacePayload],
  'cache list': [cachePayload],
  'cache clear': [clearedCachePayload],
  'cache verify': [verifiedCachePayload],
  'plugins list': [pluginListPayload],
  'plugins sync': [syncPayload],
  'plugins enable': [pluginPayload, pluginsAnswer],
  'plugins pause': [pluginPayload],
  'plugins resume': [pluginPayload],
  'plugins disable': [pluginPayload],
  'plugins adopt': [pluginPayload],
  'plugins install': [installPayload, frozenPayload],
  'plugins installed': [installedListPayload],
  'plugins update': [installUpdatePayload],
  'plugins rollback': [installPayload],
  'plugins uninstall': [uninstalledPayload],
  history: [installHistoryPayload],
  'plugins outdated': [outdatedPayload],
  'plugins pin': [pinPayload],
  'plugins unpin': [pinPayload],
  'plugins why': [whyPayload],
  'plugins lock': [lockPayload],
  'plugins reconcile': [reconcilePayload],
  'plugins import': [importPayload],
  'updates auto': [autoUpdatePayload],
  verify: [verifyPayload],
  'skills list': [skillListPayload],
  'skills show': [skillAnswer],
  'skills history': [skillHistoryPayload],
  'skills rollback': [skillAnswer],
  'skills capture': [capturePayload],
  'skills propose': [proposedPayload],
  'skills proposal': [proposalAnswer],
  'updates list': [updateListPayload],
  'updates draft': [draftAnswer],
  'updates show': [draftAnswer, draftTextAnswer, keptProposalAnswer],
  'updates propose': [mergeProposalAnswer],
  'updates check': [draftAnswer],
  'updates resolve': [draftAnswer],
  'updates acknowledge': [draftAnswer],
  'updates replay': [replayAnswer],
  'updates approve': [draftAnswer],
  'updates reject': [draftAnswer],
  'updates publish': [publishedPayload],
  merge: [mergePayload],
  audit: [auditPayload],
  doctor: [doctorPayload],
  /** Standard output is the protocol's. */
  mcp: [],
  preflight: [preflightReportSchema],
  'harness status': [harnessListPayload, harnessAnswer],
  'harness add': [harnessAnswer],
  'harness check': [harnessCheckPayload],
  'harness update': [harnessUpdatePayload],
  'harness rollback': [harnessAnswer],
  'harness ignore': [harnessAnswer],
  'harness unignore': [harnessAnswer],
  'harness local': [harnessAnswer],
  'harness delegate': [harnessAnswer],
  'harness auto': [harnessAutoPayload],
  serve: [servingPayload],
} as const satisfies Readonly<Record<string, readonly z.ZodType[]>>;

/** What any command prints with `--json` when it exits with 2, 3 or 4. */
export const failureSchema = errorPayload;

/** `--version --json` and `--help --json`. */
export const versionSchema = z.object({ version: z.string() });
export const helpSchema = z.object({ help: z.string() });
