import { value, type Words } from './words.ts';

/** What the rules of safety found, by the code of the sentence. */
export const SAFETY_REASONS: Readonly<Record<string, Words>> = {
  SAFE001: (t) =>
    t(
      'Hidden characters that a reader cannot see: Unicode tags, which can spell a whole message to a model.',
    ),
  SAFE002: (t) =>
    t(
      'Hidden characters that change the order in which text is shown, so that a reader sees something other than what is there.',
    ),
  SAFE003: (t) =>
    t(
      'Hidden characters that a reader cannot see: a run of characters without width, which can carry a message.',
    ),
  SAFE004: (t) =>
    t('Hidden characters that a reader cannot see: a run of variation selectors, which can carry any data.'),
  SAFE005: (t) => t('Orders to an agent in a comment, which a reader of the rendered page does not see.'),
  SAFE006: (t) => t('A very long stretch of nothing, which pushes what follows out of sight.'),
  SAFE007: (t) =>
    t('A word that is split by a hidden character, so that a search for the word does not find it.'),
  SAFE008: (t) => t('Control characters that can rewrite what a terminal shows.'),
  SAFE009: (t) => t('Text that is made invisible on the rendered page by its markup.'),
  SAFE010: (t) => t('The text tells the agent to set aside the instructions it was given.'),
  SAFE011: (t) => t('The text tells the agent to keep something from its user.'),
  SAFE012: (t) => t('The text tells the agent to go ahead without the consent it would ask for.'),
  SAFE013: (t) =>
    t('The text gives the agent another role without limits, or poses as a message of the system.'),
  SAFE014: (t) => t('The text tells the agent to decode something and then to obey it.'),
  SAFE020: (t) => t('A download goes straight into a shell: whoever controls the address decides what runs.'),
  SAFE021: (t) => t('Encoded data is decoded and run at once, so that nobody can read what runs.'),
  SAFE022: (t) => t('A long piece of encoded data.'),
  SAFE023: (t) => t('Code is built at run time and executed.'),
  SAFE030: (t) => t('A file or store with keys and passwords is named.'),
  SAFE031: (t) => t('The whole environment, with every key in it, is near a network call.'),
  SAFE032: (t) => t('Keys or passwords are read next to a network call.'),
  SAFE033: (t) => t('Data goes to a place that exists to collect what others send.'),
  SAFE034: (t) => t('An address on the internet without a name: nothing says whose machine it is.'),
  SAFE035: (t) => t('The text tells the agent to send secrets or the conversation to another place.'),
  SAFE036: (t) => t('A picture whose address is filled in with data: showing it sends the data away.'),
  SAFE037: (t) => t('Data is carried out in the name of a host that is looked up.'),
  SAFE039: (t) =>
    t(
      "A shell's start file, a service or a hook of the repository is changed: it takes effect outside the skill.",
    ),
  SAFE040: (t) => t('Something is set up that goes on running after the skill has ended.'),
  SAFE041: (t) =>
    t(
      "The agent's own instructions, settings or servers are changed: it takes effect in every later session.",
    ),
  SAFE042: (t) => t('A package is fetched and run or installed without a fixed version.'),
  SAFE043: (t) => t('A command that destroys what it does not own.'),
  SAFE044: (t) => t('A shell is handed to another machine.'),
  SAFE045: (t) => t('An archive with a password, which keeps every scanner from what is in it.'),
  SAFE046: (t) => t('A compiled program, which no reviewer can read.'),
  SAFE047: (t) =>
    t('A program or script inside an archive or an office document, where a review does not look.'),
  SAFE048: (t) =>
    t(
      'An archive that could not be read in full, because its format is unknown, it is damaged or it is too large.',
    ),
  SAFE049: (t) =>
    t('An archive that would write outside its folder, or that is hidden in a file of another kind.'),
  SAFE050: (t) => t('A command with network access runs by itself when the skill is loaded.'),
  SAFE051: (t) =>
    t('The description asks to be used for everything, so that the skill is loaded in every conversation.'),
  SAFE052: (t) =>
    t(
      'The name uses the name of a vendor, or mixes letters that look alike, so that it can be taken for another.',
    ),
  SAFE053: (t) =>
    t('The skill lists the tools it may use, and has commands that need a shell that is not among them.'),
  SAFE060: (t) => t('The skill has a program or script that it did not have before.'),
  SAFE061: (t, p) => t('The skill names a network host that it did not name before: {0}.', value(p, 'host')),
  SAFE062: (t, p) => t('The skill may use a tool that it could not use before: {0}.', value(p, 'tool')),
  'SAFE062.every_tool': (t) =>
    t('The skill no longer lists the tools it may use, so that it may use all of them.'),
  SAFE063: (t) =>
    t('A program or script of the skill changed: it can do something else now than what was agreed to.'),
  SAFE064: (t) => t('A command that runs by itself when the skill is loaded is new or has changed.'),
  'SAFE064.hooks': (t) => t('The commands that the skill hooks into the agent are new or have changed.'),
  SAFE070: (t) => t('A key, token or password is written in the file.'),
};

/** What to do about it, by rule. */
export const SAFETY_FIXES: Readonly<Record<string, Words>> = {
  SAFE001: (t) => t('Remove them; nothing that is meant to be read is written with them.'),
  SAFE002: (t) => t('Remove them, then read the line again as it really is.'),
  SAFE003: (t) => t('Remove them; a single joiner inside a word or an emoji is not meant by this rule.'),
  SAFE004: (t) => t('Remove all of them but the first.'),
  SAFE005: (t) => t('Write what the agent is to do into the visible text, or delete the comment.'),
  SAFE006: (t) => t('Read to the very end of the file, and remove the empty stretch.'),
  SAFE007: (t) => t('Remove the hidden character.'),
  SAFE008: (t) => t('Remove them, or write them as an escape in the code that needs them.'),
  SAFE009: (t) => t('Show the text or delete it.'),
  SAFE010: (t) => t('Take the sentence out, or put it in quotes where it is an example of an attack.'),
  SAFE011: (t) => t('Take the sentence out: a skill has no reason to hide what it does.'),
  SAFE012: (t) => t('Let the agent ask, or name the one harmless step that needs no question.'),
  SAFE013: (t) => t('Take it out; a skill describes work, it does not change who the agent is.'),
  SAFE014: (t) => t('Write the instructions in plain words, where a reviewer can read them.'),
  SAFE020: (t) => t('Download to a file, check its digest, then run it.'),
  SAFE021: (t) => t('Write the commands in plain text.'),
  SAFE022: (t) => t('Decode it and look at what it is.'),
  SAFE023: (t) => t('See where the executed text comes from.'),
  SAFE030: (t) => t('Let the tool that owns the secret use it; the skill does not need to read it.'),
  SAFE031: (t) => t('Pass on only the variables that are needed.'),
  SAFE032: (t) => t('Take it out, or send the secret only to the service that issued it.'),
  SAFE033: (t) => t('Take it out, or use an address of the service that the skill is about.'),
  SAFE034: (t) => t('Use the name of the service.'),
  SAFE035: (t) => t('Take it out, or say to whom the data goes and let the user start it.'),
  SAFE036: (t) => t('Take the placeholder out of the address.'),
  SAFE037: (t) => t('Take it out.'),
  SAFE039: (t) => t('Tell the user the line to add, and let them add it.'),
  SAFE040: (t) => t('Leave it out, or describe the step for the user to do.'),
  SAFE041: (t) => t('Show the user the lines, and let them add them.'),
  SAFE042: (t) => t('Name the exact version.'),
  SAFE043: (t) => t('Narrow it to the files that the skill made.'),
  SAFE044: (t) => t('Take it out.'),
  SAFE045: (t) => t('Ship the files as they are.'),
  SAFE046: (t) => t('Ship the source, or fetch the program from its maker by version and digest.'),
  SAFE047: (t) => t('Ship it as a file of its own, or leave it out.'),
  SAFE048: (t) => t('Ship the files as they are.'),
  SAFE049: (t) => t('Leave it out.'),
  SAFE050: (t) => t('Describe the command and let the agent run it, so that it can be refused.'),
  SAFE051: (t) => t('Name the tasks that the skill is for.'),
  SAFE052: (t) => t('Check that the skill is the one that you mean.'),
  SAFE053: (t) => t('Ask the author to list the shell with the commands it is needed for.'),
  SAFE060: (t) => t('Read the file before you agree to it.'),
  SAFE061: (t) => t('Check whose host it is and what the skill wants from it.'),
  SAFE062: (t) => t('Check what the skill needs the tool for.'),
  SAFE063: (t) => t('Read what changed in the file before you agree to it.'),
  SAFE064: (t) => t('Read the command before you agree to it: nobody is asked when it runs.'),
  SAFE070: (t) => t('Revoke it, and read it from the environment or a store of secrets instead.'),
};
