import assert from 'node:assert/strict';
import { proposalProblemCodes } from '../../../../src/core/learning/synthesis/problems.ts';
import { proposalProblemText } from '../../../../src/editor/model/proposal-problem-text.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';

describe('Why a proposal is withheld', () => {
  it('is said in the language of the window, for every reason there is', () => {
    const unsaid = proposalProblemCodes.filter(
      (code) => proposalProblemText({ code, message: '' }, inEnglish) === '',
    );
    assert.deepEqual(unsaid, []);
  });

  it('is said in the words of the core for a reason of a newer one', () => {
    assert.equal(proposalProblemText({ code: 'proposal_other', message: 'Other.' }, inEnglish), 'Other.');
  });
});
