import type { Action } from '../answer.ts';
import { EXIT } from '../failure.ts';
import { createMcpServer } from '../mcp/mcp-server.ts';
import { StdioConversation } from '../mcp/stdio-conversation.ts';
import { stopSignal } from '../stop-signal.ts';

/** `beaver mcp`: speaks the protocol on standard input and output until its client closes the one or asks the process to end. */
export const serveMcp: Action = async (context) => {
  const server = createMcpServer(() => context.workspace(), context.wait);
  const conversation = new StdioConversation();
  const stop = stopSignal();
  await server.connect(conversation);
  await Promise.race([conversation.ended, stop.asked]);
  stop.dispose();
  // What was asked before the end is still done and told: a proposal is whole or not there at all.
  await conversation.answered();
  await server.close();
  return { exit: EXIT.done };
};
