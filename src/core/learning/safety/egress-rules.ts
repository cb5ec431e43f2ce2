import { command, passage } from './cue-chain.ts';
import { codeRule, type RuleMatch, type SafetyRule } from './safety-rule.ts';
import type { ScannedFile } from './scanned-file.ts';

/** What is read that is secret, and where data goes. */

const CREDENTIAL_FILE =
  /(?:~|\$home|\$\{home\}|\/root|\/home\/\w{1,32}|expanduser\(["']~|homedir\(\)[^\n]{0,12})?[/\\"']{0,2}\.(?:ssh\/(?:id_\w{2,12}|config|known_hosts|\*)|aws\/(?:credentials|config)|netrc\b|git-credentials|config\/gh\/hosts|config\/gcloud\/(?:credentials|application_default)|kube\/config|docker\/config\.json|gnupg\b|claude\/\.credentials|pgpass\b|azure\/(?:accesstokens|msal))|\bid_(?:rsa|ed25519|ecdsa)\b(?!\.pub)|\/etc\/shadow\b|\bsecurity\s{1,4}find-(?:generic|internet)-password\b|\blogin data\b["']|\bwallet\.dat\b|\bkeychain-db\b/g;
const NETWORK =
  /\b(?:curl|wget|nc|ncat|scp|rsync|ftp|invoke-webrequest|invoke-restmethod|iwr|irm)\b|\brequests\.(?:post|put|get)\b|\burlopen\b|\bfetch\s{0,2}\(|\baxios\b|\bhttps?\.request\b|\bhttpx\.\w|\bsendbeacon\b|\bhttp\.client\b/g;
const WHOLE_ENVIRONMENT =
  /\bprintenv\b(?!\s{1,3}\w)|(?<![\w/.-])env\s{0,3}\||\$\(env\)|`env`|\bos\.environ\b(?!\s{0,2}[.[])|\bprocess\.env\b(?!\s{0,2}[.?[\w])|\b(?:get-childitem|gci|dir|ls)\s{1,3}env:|\bdeclare\s{1,2}-x\b|(?<![\w-])export\s{1,2}-p\b/g;

/** Places whose only use in a skill is to collect what is sent to them; an id or a path belongs to each. */
const COLLECTORS =
  /\bwebhook\.site\/[\da-f]{8}-[\da-f]{4}|\b[\w-]{4,63}\.(?:oast\.(?:pro|live|fun|site|online|me)|oastify\.com|burpcollaborator\.net|interact\.sh|dnslog\.cn|ceye\.io|requestbin\.(?:net|com)|m\.pipedream\.net|requestcatcher\.com|canarytokens\.com|bxss\.me|requestrepo\.com)\b|\bhookbin\.com\/\w|\bdiscord(?:app)?\.com\/api\/webhooks\/\d{15,20}\/[\w-]{20}|\bapi\.telegram\.org\/bot\d{6,12}:[\w-]{20}/g;
const UPLOADS =
  /\b(?:transfer\.sh|0x0\.st|file\.io|termbin\.com|pastebin\.com\/api|anonfiles\.com|gofile\.io|catbox\.moe|temp\.sh|bashupload\.com|ix\.io|paste\.rs)\b/g;

/** What an agent reads at the start of every session. */
const AGENT_FILE =
  /\bclaude\.md\b|\bagents\.md\b|\bgemini\.md\b|\.claude\/(?:settings|hooks|commands|agents|skills)|\.mcp\.json\b|\.cursorrules\b|\.cursor\/(?:rules|mcp)|copilot-instructions\.md|\.codex\/config|\.vscode\/(?:settings|tasks|mcp)\.json|\bsoul\.md\b|\bmemory\.md\b/g;

export const EGRESS_RULES = [
  codeRule({
    id: 'SAFE030',
    tier: 'warning',
    where: 'readable',
    reason: 'A file or store with keys and passwords is named.',
    fix: 'Let the tool that owns the secret use it; the skill does not need to read it.',
    chains: [command(0, CREDENTIAL_FILE)],
  }),
  codeRule({
    id: 'SAFE031',
    tier: 'warning',
    where: 'readable',
    reason: 'The whole environment, with every key in it, is near a network call.',
    fix: 'Pass on only the variables that are needed.',
    chains: [
      command(200, WHOLE_ENVIRONMENT, NETWORK),
      command(200, NETWORK, WHOLE_ENVIRONMENT),
      passage(
        250,
        WHOLE_ENVIRONMENT,
        /\brequests\.(?:post|put)\b|\bfetch\s{0,2}\(|\bcurl\b[^\n]{0,60}\s(?:-d|--data|-f|-t)\b|\burlopen\b|\baxios\.post\b|\bhttps?\.request\b/g,
      ),
    ],
  }),
  codeRule({
    id: 'SAFE032',
    tier: 'warning',
    where: 'readable',
    reason: 'Keys or passwords are read next to a network call.',
    fix: 'Take it out, or send the secret only to the service that issued it.',
    chains: [
      command(200, CREDENTIAL_FILE, NETWORK),
      command(200, NETWORK, CREDENTIAL_FILE),
      passage(
        300,
        CREDENTIAL_FILE,
        /\brequests\.(?:post|put)\b|\bfetch\s{0,2}\(|\bcurl\b[^\n]{0,60}\s(?:-d|--data|-f|-t)\b|\burlopen\b|\baxios\.post\b|\bhttps?\.request\b/g,
      ),
    ],
  }),
  codeRule({
    id: 'SAFE033',
    tier: 'critical',
    where: 'readable',
    reason: 'Data goes to a place that exists to collect what others send.',
    fix: 'Take it out, or use an address of the service that the skill is about.',
    chains: [
      command(0, COLLECTORS),
      command(160, /\b(?:curl|wget|nc)\b|\brequests\.(?:post|put)\b|\bfetch\s{0,2}\(/g, UPLOADS),
      command(60, /\|\s{0,4}(?:nc|ncat)\b/g, UPLOADS),
    ],
  }),
  codeRule({
    id: 'SAFE037',
    tier: 'warning',
    where: 'code',
    reason: 'Data is carried out in the name of a host that is looked up.',
    fix: 'Take it out.',
    chains: [command(80, /\b(?:nslookup|dig|host|ping)\b/g, /(?:\$\(|`)[^)`\n]{1,80}[)`]\.[a-z]/g)],
  }),
  codeRule({
    id: 'SAFE041',
    tier: 'warning',
    where: 'readable',
    reason:
      "The agent's own instructions, settings or servers are changed: it takes effect in every later session.",
    fix: 'Show the user the lines, and let them add them.',
    chains: [
      command(
        70,
        /\b(?:append|write|add|insert|save|copy|put|inject)\w{0,3}\b/g,
        /\b(?:to|into|in|onto)\b/g,
        AGENT_FILE,
      ),
      command(25, /\b(?:overwrite|replace|modify|edit|update|change|rewrite|patch)\b/g, AGENT_FILE),
      command(
        0,
        new RegExp(
          `(?:>{1,2}|\\btee(?:\\s{1,3}-a)?)\\s{0,3}["']?[\\w~\${}./-]{0,60}(?:${AGENT_FILE.source})`,
          'g',
        ),
      ),
      command(
        60,
        /\b(?:cp|mv|ln|install|sed\s{1,3}-i)\b/g,
        new RegExp(`(?:${AGENT_FILE.source})[\\w./*-]{0,60}["']?\\s{0,4}(?:$|[;&|#\`])`, 'gm'),
      ),
      command(
        40,
        AGENT_FILE,
        /["'],\s{0,3}["'](?:w|a|wb|ab|a\+|w\+)["']|\bwritefile\w{0,4}\(|\bappendfile\w{0,4}\(|\bwrite_text\(/g,
      ),
      command(40, /\b(?:writefile|appendfile)\w{0,4}\s{0,2}\(/g, AGENT_FILE),
      command(
        30,
        /写入|追加|修改|添加到|编辑|覆盖/g,
        /claude\.md|agents\.md|\.claude\/|\.mcp\.json|settings\.json|memory\.md|soul\.md/g,
      ),
      command(
        60,
        /\bclaude\s{1,4}(?:mcp\s{1,4}add|config\s{1,4}set|plugin\s{1,4}(?:install|marketplace\s{1,4}add))\b|\bcode\s{1,4}--(?:install-extension|add-mcp)\b/g,
      ),
    ],
  }),
  codeRule({
    id: 'SAFE050',
    tier: 'warning',
    where: 'readable',
    reason: 'A command with network access runs by itself when the skill is loaded.',
    fix: 'Describe the command and let the agent run it, so that it can be refused.',
    chains: [
      command(
        120,
        /(?:^|[\s(])!`/gm,
        /\b(?:curl|wget|nc|ssh|scp|npx|uvx|pip|git\s{1,3}(?:clone|push|fetch|pull)|gh)\b/g,
      ),
    ],
  }),
] as const;

/** Addresses that carry something out by being shown or fetched. */
export const ADDRESS_RULES: readonly SafetyRule[] = [
  {
    id: 'SAFE034',
    tier: 'warning',
    reason: 'An address on the internet without a name: nothing says whose machine it is.',
    fix: 'Use the name of the service.',
    mentionable: true,
    find: bareAddresses,
  },
  {
    id: 'SAFE036',
    tier: 'warning',
    reason: 'A picture whose address is filled in with data: showing it sends the data away.',
    fix: 'Take the placeholder out of the address.',
    mentionable: true,
    find: leakingPictures,
  },
];

const IP_ADDRESS =
  /\b(?:https?|wss?|ftp|tcp):\/\/(?:[^\s@/]{1,60}@)?(\d{1,3})\.(\d{1,3})\.\d{1,3}\.\d{1,3}(?![\d.])/g;

function bareAddresses(file: ScannedFile): readonly RuleMatch[] {
  return [...file.lowerCode.matchAll(IP_ADDRESS)]
    .filter((match) => !isPrivate(Number(match[1]), Number(match[2])))
    .map((match) => ({ span: { start: match.index, end: match.index + match[0].length } }));
}

/** Loopback and private networks; the address of cloud metadata (169.254.169.254) is meant to be found. */
function isPrivate(first: number, second: number): boolean {
  return (
    [0, 10, 127].includes(first) ||
    (first === 192 && second === 168) ||
    (first === 172 && second >= 16 && second < 32) ||
    first > 255
  );
}

const PICTURE = /!\[[^\]\n]{0,80}\]\(\s{0,3}<?https?:\/\//gi;
const LONGEST_ADDRESS = 400;

function leakingPictures(file: ScannedFile): readonly RuleMatch[] {
  if (file.kind !== 'markdown' && file.kind !== 'prose') return [];
  const result: RuleMatch[] = [];
  for (const match of file.text.matchAll(PICTURE)) {
    const start = match.index + match[0].length;
    const rest = file.text.slice(start, start + LONGEST_ADDRESS);
    const close = rest.search(/[)\n]/u);
    const address = close === -1 ? rest : rest.slice(0, close);
    if (/[?&/=][^?]{0,200}(?:\{|\$|<|%7b|\[)/iu.test(address))
      result.push({ span: { start: match.index, end: start + address.length } });
  }
  return result;
}
