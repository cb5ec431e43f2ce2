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
  'beaver.audit.show',
  'beaver.log.show',
  'beaver.walkthrough.open',
] as const;

export type CommandId = (typeof COMMAND_IDS)[number];

export const VIEWS = {
  plugins: 'beaver.plugins',
  updates: 'beaver.updates',
  skills: 'beaver.skills',
  marketplaces: 'beaver.marketplaces',
} as const;
export type ViewId = (typeof VIEWS)[keyof typeof VIEWS];
