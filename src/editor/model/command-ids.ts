/** Every command that the extension registers. package.json contributes exactly these (test/unit/package-contract.test.ts). */
export const COMMAND_IDS = [
  'beaver.plugins.sync',
  'beaver.plugins.enable',
  'beaver.plugins.pause',
  'beaver.plugins.resume',
  'beaver.plugins.disable',
  'beaver.plugins.adopt',
  'beaver.plugins.reveal',
  'beaver.skills.capture',
  'beaver.skills.rollback',
  'beaver.skills.reveal',
  'beaver.skills.openSkill',
  'beaver.skills.compareVersions',
  'beaver.skills.openVersion',
  'beaver.skills.selectForCompare',
  'beaver.skills.compareWithSelected',
  'beaver.updates.draft',
  'beaver.updates.review',
  'beaver.updates.propose',
  'beaver.updates.replay',
  'beaver.updates.reject',
  'beaver.updates.refresh',
  'beaver.marketplaces.add',
  'beaver.marketplaces.refresh',
  'beaver.marketplaces.remove',
  'beaver.marketplaces.setAutoUpdate',
  'beaver.marketplaces.trust',
  'beaver.marketplaces.untrust',
  'beaver.harness.open',
  'beaver.harness.check',
  'beaver.harness.stage',
  'beaver.harness.update',
  'beaver.harness.rollback',
  'beaver.harness.ignore',
  'beaver.harness.unignore',
  'beaver.harness.useLocal',
  'beaver.harness.stopLocal',
  'beaver.harness.delegate',
  'beaver.harness.undelegate',
  'beaver.harness.refresh',
  'beaver.upkeep.check',
  'beaver.upkeep.review',
  'beaver.upkeep.why',
  'beaver.upkeep.timeline',
  'beaver.upkeep.repair',
  'beaver.audit.show',
  'beaver.log.show',
  'beaver.walkthrough.open',
] as const;

export type CommandId = (typeof COMMAND_IDS)[number];

/** Those that the Harness view brings, whose code is loaded with their first use. */
export type HarnessCommandId = Extract<CommandId, `beaver.harness.${string}`>;

export const VIEWS = {
  plugins: 'beaver.plugins',
  updates: 'beaver.updates',
  skills: 'beaver.skills',
  marketplaces: 'beaver.marketplaces',
  harness: 'beaver.harness',
} as const;
export type ViewId = (typeof VIEWS)[keyof typeof VIEWS];
