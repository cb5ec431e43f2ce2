import { parseSkillDocument } from '../src/core/skill-document.ts';
import { sectionsOf } from '../src/core/learning/sections.ts';
import type { SynthesisAnswer } from '../src/core/learning/synthesis/answer.ts';
import { EnvironmentModels } from '../src/node/models/environment-models.ts';
import { ModelServer } from '../test/support/model-server.ts';
import { openAiProtocol } from '../test/support/openai-protocol.ts';

/**
 * A model that has read the future: asked about a conflict, it answers with the whole text that the history has later, and lists the
 * sections that it lacks. It speaks OpenAI's protocol over loopback, so that everything between the question and the proof is the real thing.
 */
export class LaterTextModel {
  /** SKILL.md as the history has it later. */
  later = '';
  /** SKILL.md on both sides of the merge. */
  sides: readonly string[] = [];
  readonly #server: ModelServer;

  private constructor(server: ModelServer) {
    this.#server = server;
  }

  static async start(): Promise<LaterTextModel> {
    const server = await ModelServer.start(openAiProtocol, () => ({
      kind: 'answer',
      text: JSON.stringify(answerOf(model.later, model.sides)),
    }));
    const model = new LaterTextModel(server);
    return model;
  }

  /** The port that asks it, with everything the command line has between the two. */
  get port(): EnvironmentModels {
    return new EnvironmentModels(this.#server.environment);
  }

  async close(): Promise<void> {
    await this.#server.close();
  }
}

function answerOf(later: string, sides: readonly string[]): SynthesisAnswer {
  const { frontmatter, body } = parseSkillDocument(later);
  const kept = sectionsOf(later);
  const dropped = sides.flatMap((side) =>
    [...sectionsOf(side)].filter(([key]) => !kept.has(key)).map(([, { title }]) => title),
  );
  return {
    // Through JSON, as an answer travels: dates become text.
    frontmatter: JSON.parse(JSON.stringify(frontmatter)) as SynthesisAnswer['frontmatter'],
    content: body,
    change_reason: 'The text as it is in the later history.',
    preserved_local_sections: [],
    adopted_upstream_sections: [],
    resolved_conflicts: ['As the later history has it.'],
    dropped_sections: [...new Set(dropped)].map((title) => title.slice(0, 500)),
  };
}
