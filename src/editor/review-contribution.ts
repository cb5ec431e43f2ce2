import * as vscode from 'vscode';
import { BeaverError } from '../base/errors.ts';
import type { Contribution, EditorHost } from './contribution.ts';
import { showFailure } from './messages.ts';
import type { Review, ReviewTarget } from './review/review-panel.ts';

/**
 * The review among the contributions. Its code is loaded after activation; VS Code keeps the panels of the last session waiting until
 * then. Commands live without it when it could not be registered.
 */
export class ReviewContribution implements Contribution {
  #loading: Promise<Review | undefined> | undefined;

  register(host: EditorHost): vscode.Disposable {
    const loading = Promise.withResolvers<Review | undefined>();
    this.#loading = loading.promise;
    const start = setImmediate(() => {
      load(host).then(loading.resolve, (error: unknown) => {
        loading.resolve(undefined);
        void showFailure(host, 'register review', error);
      });
    });
    return new vscode.Disposable(() => {
      clearImmediate(start);
      void loading.promise.then((review) => {
        review?.dispose();
      });
    });
  }

  /** @throws BeaverError `review_unavailable` when registering it failed. */
  async open(target: ReviewTarget): Promise<void> {
    const review = await this.#loading;
    if (review === undefined) {
      throw new BeaverError('review_unavailable', 'The review could not be started.', {
        nextStep: 'Reload the window; the log has the reason.',
      });
    }
    await review.open(target);
  }
}

async function load(host: EditorHost): Promise<Review> {
  const { registerReview } = await import('./review/review-panel.ts');
  return registerReview(host);
}
