import { phrase } from './cue-chain.ts';
import { proseRule } from './safety-rule.ts';

/*
 * What a text tells an agent to do against its user. The cues are for folded text: lower case, no accents, no emphasis.
 * English, Chinese, German, Spanish. None of these blocks: a pattern cannot tell an order from a sentence about orders.
 */

const OVERRIDE_EN =
  /\b(?:ignore|ignoring|disregard|disregarding|forget|override|overrides|discard|set aside|stop following|pay no attention to)\b/g;
const EARLIER_EN =
  /\b(?:previous|prior|above|earlier|preceding|all|any|every|your|other|system|existing|former|original)\b/g;
const ORDERS_EN =
  /\b(?:instructions?|system prompts?|prompts?|rules|guidelines|directives?|constraints|guardrails|restrictions|safety)\b/g;

const OVERRIDE_ZH =
  /忽略|忽视|无视|無視|忘记|忘掉|忘記|不要遵守|不再遵守|不必遵守|不用理会|不要理会|绕过|抛开|违反|推翻|作废/g;
const EARLIER_ZH =
  /之前|以上|先前|前面|上述|上面|所有|全部|一切|原有|原来|系统|上文|你的|此前|任何|其他|既有|先前/g;
const ORDERS_ZH = /指令|指示|提示词|提示|规则|规定|限制|约束|命令|设定|规范|政策|准则/g;

const OVERRIDE_DE =
  /\b(?:ignoriere?|ignoriert|ignorieren sie|vergiss|vergesst|vergessen sie|missachte|missachten sie|umgehe|uberschreibe|verwirf|halte dich nicht an|befolge nicht)\b/g;
const EARLIER_DE =
  /\b(?:alle[nr]?|vorherige[nr]?|vorige[nr]?|bisherige[nr]?|obige[nr]?|oben|fruhere[nr]?|deine|vorangegangene[nr]?|vorangehende[nr]?|samtliche|jegliche|bestehende[nr]?|system\w{0,10}|ursprungliche[nr]?)\b/g;
const ORDERS_DE =
  /\b(?:anweisung(?:en)?|instruktion(?:en)?|regeln|vorgaben|befehle?|richtlinien|einschrankungen|systemprompts?|prompts?|sicherheits\w{1,15})\b/g;
const OVERRIDE_DE_LAST =
  /\b(?:ignorieren|ignoriert|missachten|vergessen|uberschreiben|verwerfen|nicht (?:mehr )?(?:be(?:achten|folgen)|gelten))\b/g;

const OVERRIDE_ES =
  /\b(?:ignora|ignore|ignorar|ignorad|olvida|olvide|olvidar|omite|omita|descarta|desobedece|desobedecer|haz caso omiso de|haga caso omiso de|no hagas caso|pasa por alto|anula)\b/g;
const ORDERS_ES =
  /\b(?:instruccion(?:es)?|reglas|ordenes|directrices|indicaciones|normas|restricciones|prompts?)\b/g;
const EARLIER_ES =
  /\b(?:anterior(?:es)?|previas?|previos?|todas?|tus|del sistema|de arriba|precedentes|originales)\b/g;

const USER_EN = /\b(?:users?|humans?|operators?|developers?|anyone|anybody|the person)\b/g;
const USER_DE = /\b(?:nutzer\w{0,4}|benutzer\w{0,4}|anwender\w{0,4}|user|mensch(?:en)?|niemand(?:em|en)?)\b/g;
const USER_ES = /\b(?:usuari[oa]s?|humano|operador|nadie|desarrollador|persona)\b/g;
const USER_ZH = /用户|使用者|人类|开发者|任何人|操作员|主人/g;

const CONSENT_EN = /\b(?:approvals?|permissions?|confirmations?|consent|authori[sz]ation)\b/g;

export const INSTRUCTION_RULES = [
  proseRule({
    id: 'SAFE010',
    tier: 'warning',
    reason: 'The text tells the agent to set aside the instructions it was given.',
    fix: 'Take the sentence out, or put it in quotes where it is an example of an attack.',
    chains: [
      phrase(25, OVERRIDE_EN, EARLIER_EN, ORDERS_EN),
      phrase(
        40,
        /\b(?:previous|prior|earlier|above|original|your) (?:system )?(?:instructions?|prompts?|rules|guidelines)\b/g,
        /\b(?:are|is) (?:now )?(?:void|obsolete|superseded|cancell?ed|suspended|revoked|to be ignored|no longer (?:valid|in effect|binding|apply))\b|\bno longer appl(?:y|ies)\b|\bdo not apply\b/g,
      ),
      phrase(12, OVERRIDE_ZH, EARLIER_ZH, ORDERS_ZH),
      phrase(25, OVERRIDE_DE, EARLIER_DE, ORDERS_DE),
      phrase(25, EARLIER_DE, ORDERS_DE, OVERRIDE_DE_LAST),
      phrase(25, OVERRIDE_ES, ORDERS_ES, EARLIER_ES),
      phrase(25, OVERRIDE_ES, EARLIER_ES, ORDERS_ES),
    ],
  }),
  proseRule({
    id: 'SAFE011',
    tier: 'warning',
    reason: 'The text tells the agent to keep something from its user.',
    fix: 'Take the sentence out: a skill has no reason to hide what it does.',
    chains: [
      phrase(
        20,
        /\b(?:do not|don't|dont|never|must not|should not|avoid|refrain from|without)\b/g,
        /\b(?:tell|telling|inform|informing|mention|mentioning|reveal|revealing|disclose|disclosing|notify|notifying|alert|alerting|let|warn|warning)\b/g,
        USER_EN,
        /\b(?:about (?:this|these|it|that|the (?:upload|request|command|script|change|transfer|call|step))|of this|that (?:you|this|it|the)|know|see|notice|what you)\b/g,
      ),
      phrase(
        25,
        /\b(?:without) (?:telling|informing|notifying|alerting|the knowledge of|letting)\b/g,
        USER_EN,
      ),
      phrase(
        30,
        /\b(?:do not|don't|never|must not) (?:mention|reveal|disclose|report|log|show|display|explain)\b/g,
        /\b(?:this|these|that you|it)\b/g,
        /\b(?:to|in|from) (?:the |any |your )?(?:users?|human|reply|response|answer|summary|output|anyone)\b/g,
      ),
      phrase(30, /\b(?:hide|hiding|conceal|concealing|withhold)\b/g, /\bfrom (?:the |your |any )?/g, USER_EN),
      phrase(
        20,
        /\b(?:keep|keeping) (?:this|it|that|these|them|the \w{1,20})\b/g,
        /\b(?:secret|hidden|confidential|from)\b/g,
        USER_EN,
      ),
      phrase(
        30,
        USER_EN,
        /\b(?:must not|must never|should not|should never|does not need to|need not|cannot|may not) (?:know|see|notice|be (?:told|informed|aware)|find out)\b/g,
      ),
      phrase(
        15,
        /\b(?:silently|secretly|covertly|quietly|discreetly|stealthily)\b/g,
        /\b(?:send|upload|post|transmit|exfiltrate|forward|append|attach|copy|harvest|collect|install|download|execute)\b/g,
      ),
      phrase(
        8,
        /不要|不得|切勿|请勿|无需|无须|不必|禁止|绝不|别|不用/g,
        /告诉|告知|通知|提及|透露|提醒|提示|泄露|报告|让|向|对/g,
        USER_ZH,
      ),
      phrase(
        10,
        /瞒着|背着|隐瞒|不让|避免让|避开|不被|对/g,
        USER_ZH,
        /隐藏|隐瞒|知道|察觉|发现|看到|注意|执行|上传|发送|保密/g,
      ),
      phrase(10, /悄悄|偷偷|秘密地?|静默地?|暗中/g, /上传|发送|收集|复制|安装|下载|执行|附加|提交|转发/g),
      phrase(
        15,
        /\bohne\b/g,
        USER_DE,
        /\b(?:zu informieren|zu benachrichtigen|davon zu erzahlen|zu fragen|es merk\w{1,3}|wissen|bescheid)\b/g,
      ),
      phrase(5, /\bohne (?:das )?wissen\b/g, USER_DE),
      phrase(
        30,
        /\b(?:sag|sage|sagen sie|erzahl|erzahle|informiere|informieren sie|erwahne|verrate|verraten sie|teile|zeige|melde|erwahnen sie)\b/g,
        USER_DE,
        /\b(?:nicht|nichts|niemals|nie|kein\w{0,3})\b/g,
      ),
      phrase(
        30,
        /\b(?:erwahne|verrate|erwahnen sie|sag|sage|zeige)\b/g,
        /\b(?:nicht|nichts|niemals|nie)\b/g,
        USER_DE,
      ),
      phrase(
        40,
        /\b(?:heimlich|unbemerkt|stillschweigend|verschweige|verheimliche|verbirg)\b/g,
        /\b(?:nutzer\w{0,4}|benutzer\w{0,4}|send\w{1,3}|schick\w{1,3}|ubertrag\w{1,3}|lade?|kopier\w{1,3}|installier\w{1,3}|fuhre|ausfuhr\w{1,3}|hochlad\w{1,3}|ubermittl\w{1,3})\b/g,
      ),
      phrase(
        15,
        /\b(?:no|nunca|jamas|sin)\b/g,
        /\b(?:(?:se )?l[eo] )?(?:digas|informes|menciones|reveles|avises|muestres|notifiques|cuentes|comuniques|diga|informe|mencione|revele|decir(?:le|selo)?|informar(?:le)?|avisar(?:le)?|notificar(?:le)?|mencionar(?:lo)?|revelar)\b/g,
        USER_ES,
      ),
      phrase(10, /\bsin que\b/g, USER_ES, /\b(?:lo )?(?:sepa|note|se entere|se de cuenta|vea)\b/g),
      phrase(
        40,
        /\b(?:en secreto|a escondidas|silenciosamente|discretamente|oculta|ocultale)\b/g,
        /\b(?:usuari[oa]|envia|ejecuta|sube|instala|copia|borra|recopila|enviar|ejecutar|subir)\b/g,
      ),
    ],
  }),
  proseRule({
    id: 'SAFE012',
    tier: 'warning',
    reason: 'The text tells the agent to go ahead without the consent it would ask for.',
    fix: 'Let the agent ask, or name the one harmless step that needs no question.',
    chains: [
      phrase(
        20,
        /\bwithout\b/g,
        /\b(?:asking|requesting|waiting|seeking|requiring|prompting|getting|obtaining|needing|user|users|explicit|human|their|his|her)\b/g,
        CONSENT_EN,
      ),
      phrase(
        25,
        /\b(?:do not|don't|never|no need to|need not|not necessary to)\b/g,
        /\b(?:ask|wait|prompt|stop|pause|check)\b/g,
        /\bfor\b/g,
        CONSENT_EN,
      ),
      phrase(
        25,
        /\b(?:skip|skipping|skips|bypass|bypassing|circumvent|disable|disabling|suppress|turn off|get around)\b/g,
        /\b(?:(?:permission|approval|authori[sz]ation|consent|confirmation|safety) (?:prompts?|checks?|dialogs?|requests?|steps?|gates?|questions?)|(?:user|user's|human|explicit|manual|the|any|all) (?:approvals?|confirmations?|consent|permissions?))\b/g,
      ),
      phrase(
        20,
        /\b(?:auto-?approve|automatically approve|always (?:approve|accept|allow|answer yes)|approve all)\b/g,
        /\b(?:permissions?|prompts?|tools?|commands?|requests?|confirmations?|everything)\b/g,
      ),
      phrase(
        0,
        /--dangerously-skip-permissions|--dangerously-bypass-approvals|\bbypasspermissions\b|\bdangerouslydisablesandbox\b|--yolo\b/g,
      ),
      phrase(
        8,
        /无需|无须|不需要|跳过|不要|绕过|不必|免去|不用|未经|不经|略过/g,
        /确认|批准|许可|同意|授权|审批|审核|询问用户|请示/g,
      ),
      phrase(
        25,
        /\b(?:ohne|uberspringe|umgehe|warte nicht auf|frage? nicht (?:nach|um)|keine|verzichte auf)\b/g,
        /\b(?:bestatigung|genehmigung|erlaubnis|zustimmung|freigabe|ruckfrage|nachfrage|einwilligung)\b/g,
      ),
      phrase(
        25,
        /\b(?:sin|omite|salta|saltate|no pidas|no esperes|no solicites|evita|elude|no preguntes)\b/g,
        /\b(?:confirmacion|aprobacion|permisos?|consentimiento|autorizacion|preguntar)\b/g,
      ),
    ],
  }),
  proseRule({
    id: 'SAFE013',
    tier: 'warning',
    reason: 'The text gives the agent another role without limits, or poses as a message of the system.',
    fix: 'Take it out; a skill describes work, it does not change who the agent is.',
    chains: [
      phrase(
        25,
        /\b(?:you are now|you are no longer|from now on,? you|act as|pretend (?:to be|you are)|enter|switch to|switch into|activate|enable)\b/g,
        /\b(?:developer mode|dan\b|unrestricted|jail ?broken?|without (?:any )?(?:restrictions|limits|filters)|no restrictions|unfiltered|god mode|bound by)\b/g,
      ),
      phrase(
        0,
        /<\|(?:im_?start|im_?end|system|assistant|endoftext)\|>|<<sys>>|\[\/?inst\]|<\/?system(?:-reminder|prompt)?>|\[system(?: message| override| note)?\]|\bsystem (?:override|notice|message):/g,
      ),
      phrase(
        12,
        /你现在是|从现在起|从现在开始|进入|切换到|切换为|扮演|启用|激活/g,
        /开发者模式|无限制|不受限制|没有限制|没有任何限制|越狱|不受任何约束|上帝模式/g,
      ),
      phrase(
        25,
        /\b(?:du bist (?:jetzt|nun|ab sofort)|ab jetzt|ab sofort|wechsle in|aktiviere)\b/g,
        /\b(?:entwicklermodus|ohne (?:jede |jegliche )?(?:einschrankung(?:en)?|grenzen|filter)|uneingeschrankt\w{0,3}|ungefiltert\w{0,3})\b/g,
      ),
      phrase(
        25,
        /\b(?:ahora eres|a partir de ahora|entra en|activa(?: el)?|actua como|cambia a)\b/g,
        /\b(?:modo (?:de )?desarrollador|sin (?:ninguna )?restriccion(?:es)?|sin limites|sin filtros)\b/g,
      ),
    ],
  }),
  proseRule({
    id: 'SAFE014',
    tier: 'warning',
    reason: 'The text tells the agent to decode something and then to obey it.',
    fix: 'Write the instructions in plain words, where a reviewer can read them.',
    chains: [
      phrase(
        60,
        /\b(?:decode|decrypt|deobfuscate|rot13|base64|unscramble)\b/g,
        /\b(?:follow|obey|comply with|carry out|act on|do (?:what|as) it says|execute (?:it|the (?:decoded|result))|treat (?:it|the result) as instructions)\b/g,
      ),
      phrase(20, /解码|解密|还原|破译/g, /执行|遵循|照做|遵守|按照|服从/g),
      phrase(
        60,
        /\b(?:dekodiere|entschlussele|entschlussle|decodiere)\b/g,
        /\b(?:befolge|folge|fuhre|ausfuhr\w{0,4}|gehorche)\b/g,
      ),
      phrase(
        60,
        /\b(?:decodifica|descifra|descodifica)\b/g,
        /\b(?:sigue|siguelas?|ejecuta\w{0,3}|obedece|cumple|sigalas?)\b/g,
      ),
    ],
  }),
  proseRule({
    id: 'SAFE035',
    tier: 'warning',
    reason: 'The text tells the agent to send secrets or the conversation to another place.',
    fix: 'Take it out, or say to whom the data goes and let the user start it.',
    chains: [
      phrase(
        45,
        /\b(?:send|upload|post|transmit|forward|exfiltrate|e-?mail|share|report|submit|append|include|embed)\b/g,
        /\b(?:api[ -]?keys?|access tokens?|tokens|credentials?|passwords?|secrets|environment variables?|env vars|ssh keys?|private keys?|\.env\b|conversation|chat history|chat log|system prompt|cookies)/g,
        /\b(?:to (?:https?:|the (?:url|endpoint|server|address|webhook|following|remote)|this (?:url|endpoint|server|address)|our |us\b|an external|a remote|http)|webhook|pastebin|in the (?:url|query)|as a (?:query|url) parameter|via (?:https?|curl|post|dns))/g,
      ),
      phrase(
        25,
        /发送|上传|提交|传输|转发|附加|泄露|回传|上报|发到|发给/g,
        /密钥|令牌|凭证|凭据|密码|环境变量|私钥|对话|聊天记录|api ?key|token|源代码|系统提示/g,
        /https?:|服务器|地址|网址|接口|webhook|邮箱/g,
      ),
      phrase(
        25,
        /密钥|令牌|凭证|凭据|密码|环境变量|私钥|对话|聊天记录|api ?key|token|源代码|系统提示/g,
        /发送|上传|提交|传输|转发|附加|泄露|回传|上报|发到|发给/g,
        /https?:|服务器|地址|网址|接口|webhook|邮箱/g,
      ),
      phrase(
        45,
        /\b(?:sende|schicke|ubertrage|lade|ubermittle|leite|senden sie|schicken sie)\b/g,
        /\b(?:api-?schlussel|schlussel|tokens?|passwort(?:er)?|zugangsdaten|umgebungsvariablen|geheimnisse|gesprachsverlauf|chatverlauf|systemprompt)\b/g,
        /\b(?:an (?:https?:|den server|die adresse|diese adresse|folgende|unseren)|hoch|per post|an)\b/g,
      ),
      phrase(
        45,
        /\b(?:envia|envie|sube|suba|transmite|reenvia|publica|manda|enviar|adjunta)\b/g,
        /\b(?:claves?|tokens?|contrasenas?|credenciales|secretos|variables de entorno|conversacion|historial|clave privada)\b/g,
        /\b(?:a (?:https?:|la direccion|la url|este servidor|esta|nuestro)|al servidor|al webhook|al endpoint|por correo)/g,
      ),
    ],
  }),
];
