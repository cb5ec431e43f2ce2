/** Who has to approve (`beaver.gates.review`): a person always, or nobody for clean fast-forwards of skills that were not edited. */
export const reviewPolicies = ['always', 'clean_fast_forwards'] as const;
export type ReviewPolicy = (typeof reviewPolicies)[number];

/** An approval that a setting gives, and not a person. */
export interface ApprovalByPolicy {
  readonly policy: Exclude<ReviewPolicy, 'always'>;
  /** The setting, as it is written. */
  readonly setting: string;
}

export const CLEAN_FAST_FORWARDS: ApprovalByPolicy = {
  policy: 'clean_fast_forwards',
  setting: 'beaver.gates.review: clean_fast_forwards',
};
