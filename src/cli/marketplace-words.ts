/** The words that commands about marketplaces take. The core has the same lists; these load nothing. */
export const AUTO_UPDATE_WORDS = ['off', 'notify', 'stage', 'apply'] as const;
export const CACHE_WORDS = ['git', 'http', 'npm'] as const;

export interface AddMarketplaceWords {
  readonly name?: string;
  readonly trust?: true;
}

export interface SetMarketplaceWords {
  readonly autoUpdate?: (typeof AUTO_UPDATE_WORDS)[number];
  readonly pin?: string;
}
