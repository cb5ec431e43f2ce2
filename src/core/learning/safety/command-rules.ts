import { casedCommand, command, passage } from './cue-chain.ts';
import { codeRule } from './safety-rule.ts';

/*
 * What commands and scripts do. The cues are for the text in lower case; a chain stays within one line,
 * lines that end in a backslash being joined.
 */

const DOWNLOAD = /\b(?:curl|wget|iwr|irm|invoke-webrequest|invoke-restmethod|fetch)\b/g;
const INTO_SHELL =
  /\|\s{0,4}(?:sudo\s{1,4}(?:-\w{1,4}\s{1,4})?)?(?:env\s{1,4})?(?:\/(?:usr\/)?bin\/)?(?:bash|sh|zsh|dash|ksh|fish|python[\d.]{0,4}|node|perl|ruby|php|iex|invoke-expression|pwsh|powershell)\b/g;
const DECODE =
  /\bbase64\s{1,4}(?:-d\b|--decode\b|-di\b)|\bxxd\s{1,4}-r\b|\bopenssl\s{1,4}(?:enc|base64)\b[^|\n]{0,40}-d\b|\|\s{0,4}rev\b|\bbase32\s{1,4}-d\b/g;

export const COMMAND_RULES = [
  codeRule({
    id: 'SAFE020',
    tier: 'warning',
    where: 'readable',
    reason: 'A download goes straight into a shell: whoever controls the address decides what runs.',
    fix: 'Download to a file, check its digest, then run it.',
    chains: [
      command(200, DOWNLOAD, INTO_SHELL),
      command(60, /\b(?:bash|sh|zsh|source|eval)\b\s{0,4}(?:-c\s{1,4})?["']?(?:<\(|\$\(|`)/g, DOWNLOAD),
      command(
        60,
        /\b(?:iex|invoke-expression)\b/g,
        /\b(?:iwr|irm|invoke-webrequest|downloadstring|net\.webclient)\b/g,
      ),
      command(60, /\bexec\s{0,4}\(/g, /\b(?:requests\.get|urlopen|urllib)/g),
    ],
  }),
  codeRule({
    id: 'SAFE021',
    tier: 'critical',
    where: 'readable',
    reason: 'Encoded data is decoded and run at once, so that nobody can read what runs.',
    fix: 'Write the commands in plain text.',
    chains: [
      command(80, DECODE, INTO_SHELL),
      command(80, /\b(?:eval|source|(?:ba|z)?sh\s{1,4}-c)\b\s{0,4}["']?(?:\$\(|`|<\()/g, DECODE),
      command(
        60,
        /\b(?:eval|exec|new function|function|execscript|settimeout|vm\.runin\w{1,20})\s{0,4}\(/g,
        /\b(?:atob\s{0,4}\(|b64decode|base64\.decode|frombase64string|unhexlify|bytes\.fromhex|zlib\.decompress|marshal\.loads|codecs\.decode)/g,
      ),
      command(
        120,
        /\b(?:eval|exec|execsync|spawn\w{0,4}|new function)\s{0,4}\(/g,
        /\bbuffer\.from\s{0,4}\(/g,
        /['"](?:base64|hex)['"]/g,
      ),
      command(60, /\b(?:iex|invoke-expression)\b/g, /frombase64string/g),
      command(40, /frombase64string/g, /\|\s{0,4}(?:iex|invoke-expression)\b/g),
      command(
        40,
        /\b(?:powershell|pwsh)(?:\.exe)?\b/g,
        /\s-e(?:nc|ncodedcommand|c)?\s{1,4}["']?[a-z0-9+/]{20}/g,
      ),
      command(20, /\bos\.system\s{0,4}\(|\bsubprocess\.\w{1,14}\(/g, /\bb64decode\b/g),
    ],
  }),
  codeRule({
    id: 'SAFE023',
    tier: 'info',
    where: 'code',
    reason: 'Code is built at run time and executed.',
    fix: 'See where the executed text comes from.',
    chains: [
      command(
        0,
        /(?<![\w.$-])(?:eval|exec)\s{0,2}\(|\bnew function\s{0,2}\(|\bshell\s{0,2}=\s{0,2}true\b|\bos\.system\s{0,2}\(|\bos\.popen\s{0,2}\(|\b__import__\s{0,2}\(|(?:^|[;&|]\s{0,3})eval\s{1,3}["$]/gm,
      ),
    ],
  }),
  codeRule({
    id: 'SAFE040',
    tier: 'critical',
    where: 'readable',
    reason: 'Something is set up that goes on running after the skill has ended.',
    fix: 'Leave it out, or describe the step for the user to do.',
    chains: [
      command(
        0,
        /(?<!crontab -l )\|\s{0,4}(?:sudo\s{1,4})?crontab\s{1,4}(?:-u\s{1,4}\w{1,32}\s{1,4})?-(?![a-z])/g,
      ),
      command(
        60,
        /(?:>{1,2}|\btee\b|\bcp\b|\bmv\b|\binstall\b)/g,
        /\s["']?\/etc\/(?:cron(?:tab|\.\w{1,8})\b|rc\.local|profile\.d\/|ld\.so\.preload|init\.d\/|sudoers)/g,
      ),
      command(80, /(?:>{1,2}|\btee\b|\bcp\b|\bmv\b|\bwrite\w{0,10}\(|\bopen\()/g, /\.ssh\/authorized_keys/g),
      command(120, /(?:>{1,2}|\btee\b|\bcp\b|\bmv\b|\bcat\b)/g, /library\/launch(?:agents|daemons)\//g),
      command(0, /\bschtasks(?:\.exe)?\s{1,4}\/create\b|\bregister-scheduledtask\b|\bnew-service\b/g),
      command(
        60,
        /\b(?:reg(?:\.exe)?\s{1,4}add|set-itemproperty|new-itemproperty)\b/g,
        /\\(?:currentversion\\run|runonce)/g,
      ),
      command(
        160,
        /(?:>{1,2}|\btee\s{1,4}-a\b)\s{0,4}["']?(?:~|\$home|\$\{home\}|\/root|\/home\/\w{1,32})\/\.(?:bashrc|zshrc|profile|bash_profile|zprofile|zshenv|bash_login)/g,
        /\b(?:curl|wget|nc|base64)\b/g,
      ),
      command(
        160,
        /\b(?:curl|wget|nc|base64|nohup)\b/g,
        /(?:>{1,2}|\btee\s{1,4}-a\b)\s{0,4}["']?(?:~|\$home|\$\{home\}|\/root|\/home\/\w{1,32})\/\.(?:bashrc|zshrc|profile|bash_profile|zprofile|zshenv|bash_login)/g,
      ),
    ],
  }),
  codeRule({
    id: 'SAFE039',
    tier: 'warning',
    where: 'readable',
    reason:
      "A shell's start file, a service or a hook of the repository is changed: it takes effect outside the skill.",
    fix: 'Tell the user the line to add, and let them add it.',
    chains: [
      command(
        0,
        /(?:>{2}|\btee\s{1,4}-a\b)\s{0,4}["']?(?:~|\$home|\$\{home\}|\/root|\/home\/\w{1,32})\/\.(?:bashrc|zshrc|profile|bash_profile|zprofile|zshenv|bash_login)/g,
      ),
      command(
        0,
        /\bsystemctl\s{1,4}(?:--user\s{1,4})?enable\b|\blaunchctl\s{1,4}(?:load|bootstrap)\b|\bcrontab\s{1,4}["']?(?:[~./$]|[\w-]{1,40}\.)[\w/]/g,
      ),
      command(60, /(?:>{1,2}|\btee\b|\bcp\b|\bmv\b|\bcat\b|\bln\b)/g, /\.git\/hooks\/\w/g),
      command(
        0,
        /\bgit\s{1,4}config\s{1,4}--global\s{1,4}(?:core\.hookspath|core\.sshcommand|core\.pager|alias\.)/g,
      ),
    ],
  }),
  codeRule({
    id: 'SAFE042',
    tier: 'info',
    where: 'code',
    reason: 'A package is fetched and run or installed without a fixed version.',
    fix: 'Name the exact version.',
    chains: [
      command(
        0,
        /\b(?:npx|bunx|pnpm\s{1,2}dlx|yarn\s{1,2}dlx)\s{1,4}(?:-{1,2}[a-z]{1,10}\s{1,4}){0,3}(?:@[\w.-]{1,60}\/)?[a-z][\w.-]{0,80}(?![\w.@/-])/g,
      ),
      command(0, /\b(?:uvx|pipx\s{1,2}run)\s{1,4}(?!-)[a-z][\w.-]{0,80}(?![\w.@=-])/g),
      command(
        0,
        /\bpip3?\s{1,4}install\s{1,4}(?!-r\b|-e\b|\.)(?:-{1,2}[a-z-]{1,20}\s{1,4}){0,3}["']?[a-z][\w.-]{0,80}(?:\[[\w,-]{1,60}\])?(?![\w.=<>~[-])/g,
      ),
    ],
  }),
  codeRule({
    id: 'SAFE043',
    tier: 'warning',
    where: 'readable',
    reason: 'A command that destroys what it does not own.',
    fix: 'Narrow it to the files that the skill made.',
    chains: [
      command(
        0,
        /\brm\s{1,4}(?:-{1,2}[a-z-]{1,20}\s{1,4}){1,3}["']?(?:\/(?![\w.])|\/\*|~\/?(?=["'\s;&|]|$)|\$home\/?(?=["'\s;&|]|$)|\$\{home\}\/?(?=["'\s;&|]|$)|\/(?:etc|usr|var|home|bin|lib|boot)\/?(?=["'\s;&|*]|$))/gm,
      ),
      command(
        0,
        /\bmkfs(?:\.\w{2,6})?\s{1,4}\/dev\/|\bof=\/dev\/(?:sd|nvme|hd|disk)|>\s{0,3}\/dev\/sd[a-z]|:\(\)\s{0,2}\{\s{0,2}:\|:|\bchmod\s{1,4}-r\s{1,4}777\s{1,4}\/(?![\w.])/g,
      ),
      command(
        40,
        /\bremove-item\b|\brd\s{1,4}\/s\b|\bdel\s{1,4}\/[fsq]\b|\bformat\s{1,4}[c-z]:/g,
        /\bc:\\(?:\s|$|\*|windows|users)|\bformat\s{1,4}[c-z]:/g,
      ),
      command(60, /\bshutil\.rmtree\s{0,2}\(/g, /expanduser\s{0,2}\(\s{0,2}["']~\/?["']|["']\/["']/g),
    ],
  }),
  codeRule({
    id: 'SAFE044',
    tier: 'critical',
    where: 'readable',
    reason: 'A shell is handed to another machine.',
    fix: 'Take it out.',
    chains: [
      command(40, /\b(?:ba|z|k|c)?sh\s{1,4}-i\b/g, /\/dev\/(?:tcp|udp)\//g),
      command(80, /\bexec\s{1,4}\d{1,3}<>\s{0,2}\/dev\/tcp\//g, /\b(?:sh|bash|cat|read)\b/g),
      command(
        80,
        /\b(?:nc|ncat|netcat)\b/g,
        /\s(?:-\w{0,6}[ec]|--exec|--sh-exec)\s{1,4}["']?(?:\/(?:usr\/)?bin\/)?(?:ba|z|k)?(?:sh|cmd(?:\.exe)?|powershell)\b/g,
      ),
      command(
        120,
        /\bmkfifo\b/g,
        /\|\s{0,4}(?:\/bin\/)?(?:ba)?sh\b/g,
        /\b(?:nc|ncat|netcat|openssl|telnet)\b/g,
      ),
      command(80, /\bsocat\b/g, /\bexec:["']?(?:\/bin\/)?(?:ba)?sh/g),
      passage(
        400,
        /\bsocket\.socket\s{0,2}\(|\bs\.connect\s{0,2}\(/g,
        /\bos\.dup2\s{0,2}\(/g,
        /\b(?:pty\.spawn|subprocess\.\w{1,14}|os\.exec\w{1,3}|os\.system)\s{0,2}\(/g,
      ),
      passage(400, /\bnew-object\b[^\n]{0,40}\btcpclient\b/g, /\b(?:iex|invoke-expression)\b/g),
      passage(200, /\bfsockopen\s{0,2}\(/g, /\b(?:exec|shell_exec|proc_open|passthru|system)\s{0,2}\(/g),
      passage(
        300,
        /\bnet\.(?:socket|connect|createconnection)\b/g,
        /\.pipe\s{0,2}\(\s{0,2}(?:sh|shell|cp|proc|child)\w{0,8}\.stdin/g,
      ),
      command(100, /\b(?:perl|ruby)\b/g, /\b(?:use socket|tcpsocket)\b/g, /\bexec\b/g),
    ],
  }),
  codeRule({
    id: 'SAFE045',
    tier: 'critical',
    where: 'readable',
    reason: 'An archive with a password, which keeps every scanner from what is in it.',
    fix: 'Ship the files as they are.',
    chains: [
      casedCommand(60, /\b(?:unzip|zip)\b/g, /\s-P\s{0,2}["']?[^\s"'$<-]/g),
      casedCommand(60, /\b(?:7z[azr]?|unrar|rar)\s{1,4}[ex]\b/g, /\s-p["']?[^\s"'$<-]/g),
      command(
        60,
        /\.(?:zip|7z|rar)\b/g,
        /\b(?:the )?password\s{0,3}(?:is|:|=)\s{0,3}["'`]?[\w!@#$%^&*-]{3}/g,
      ),
    ],
  }),
];
