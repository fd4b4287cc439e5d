"""Crisis read between the lines: cues that speak of danger only strongly, or only together.

A cue of one of the families below stands where somebody speaks of themselves. A strong one is a
finding by itself; a weak one needs a cue of another family within a sentence or two. The families
follow what is asked after in conversations about suicide: no future, a means at hand, farewell and
putting in order, being a burden, wounds, danger from another, a threat. English only.
"""

from __future__ import annotations

from typing import Any, Final

from bot.detection.crisis_said import (
    FIRST_PERSON,
    LONG_AGO,
    NEGATION,
    Said,
    is_about_somebody,
    is_funny,
    is_quoted,
    is_reported,
)
from bot.detection.finding import Finding, Kind, Severity
from bot.detection.personal.looking import compiled, found_in, spans

_MOST: Final = 6
_NEAR: Final = 240
"""How many letters before and after a cue another one counts."""

_WONT: Final = (
    r"(?:won'?t|will\snot|(?:not|never)\s(?:going\sto|gonna|plan(?:ning)?\s(?:on|to)|intend(?:ing)?\sto|"
    r"expect(?:ing)?\sto)|don'?t\s(?:plan\s(?:on|to)|intend\s(?:on|to)|expect\sto|see\smyself))"
)
_STAY: Final = (
    r"(?:be(?:ing)?\s(?:here|around|alive)|stick(?:ing)?\saround|stay(?:ing)?\s(?:around|alive))"
)
_I_AM: Final = r"\bi(?:\sam|'?m|\swill|'?ll|\shave|'?ve|\swas|\sreally|\sjust|\shonestly)*\s"
_DAY: Final = (
    r"(?:christmas|xmas|thanksgiving|easter|new\syear'?s?|summer|spring|fall|autumn|winter|"
    r"january|february|march|april|june|july|august|september|october|november|december|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|graduation|prom|"
    r"my\s(?:\w+\s)?birthday|next\s(?:year|month|week)|tomorrow|morning|retirement|"
    r"the\s(?:end\sof\sthe|new)\s(?:year|month|week)|\d\d|twenty|thirty|forty|fifty|sixty|then)"
)
_GUN: Final = (
    r"(?:gun|pistol|rifle|shotgun|revolver|handgun|glock|sidearm|"
    r"service\sweapon|1911|9\s?mm|\.45|\.38)"
)
_DRUG: Final = (
    r"(?:pills|tablets|meds|medication|painkillers|morphine|oxy\w*|fentanyl|insulin|sedatives|opioids|"
    r"sleeping\stablets|xanax|benzos)"
)
_THING: Final = rf"(?:{_GUN}|{_DRUG}|rope|noose|knife|blade|razor|scalpel|box\scutter)"
_VITAL: Final = (
    r"(?:insulin|dialysis|chemo\w*|blood\sthinners?|heparin|inhalers?|oxygen|(?:heart|seizure|transplant|"
    r"rejection|hiv|blood\spressure|cancer)\s(?:pills?|meds|medicines?|medication|tablets?|drugs|treatments?))"
)
_DEAR: Final = (
    r"(?:girls|boys|kids|children|wife|husband|son|daughter|mom|mum|dad|mother|father|parents|family|"
    r"sister|brother|partner|babies|grandkids)"
)
_HIM: Final = r"(?:him|her|them|all\sof\s(?:you|them)|everyone|every\sone\sof\sthem)"

_STRONG: Final = {
    "future": (
        rf"\bi\b[^.!?\n]{{0,20}}{_WONT}\s{_STAY}\s(?:to\s(?:see|watch|find\sout|know|hear|meet|worry)|much\slonger|"
        r"long\b|past\b|after\sthat|for\s(?:the\snext\sone|it\sto|any\sof\s(?:it|this|that)))|"
        rf"\bif\b[^.!?\n]{{0,50}}\bagain\b,?\s(?:then\s)?{_I_AM}{_WONT[:-1]}|not\sgoing\sto|not\sgonna)\s{_STAY}\s(?:to|for)\b|"
        rf"\b(?:i(?:'?ll|\swill|'?m\s(?:going\sto|gonna)|\sam\sgoing\sto|'?d|\splan\sto|\sexpect\sto|\shope\sto|\sintend\sto|"
        rf"\swant\sto)|when\si'?m\sgoing\sto)\s(?:\w+\s)?be\s(?:dead|buried|in\sthe\sground|six\sfeet\sunder)\s(?:by|before|in|"
        rf"come|this)\s(?:this\s)?(?:{_DAY}|\w+\s(?:days|weeks|months))|"
        r"\b(?:don'?t|doubt|not|never|won'?t|can'?t)\s(?:think\s|know\sif\s|see\s|believe\s|sure\s)?(?:i(?:'?ll|\swill|'?m\sgoing\sto|\scan)?"
        rf"\s)?(?:going\sto\s|gonna\s)?(?:make|making|mak)\sit\s(?:to|till|until|past)\s(?:{_DAY})\b|"
        r"\b(?:no|isn'?t\sa|isn'?t\sany|not\sa)\s(?:future|tomorrow|next\s\w+|version|world)\b[^.!?\n]{0,30}\b(?:has\sme|with\sme|"
        r"me\sin\sit|i'?m\sin|i\sam\sin|i\sexist)\b|"
        r"\b(?:can'?t|cannot|don'?t|couldn'?t)\s(?:\w+\s)?(?:see|picture|imagine)\s(?:myself|me|my\slife|anything|being)\s"
        r"(?:\w+\s){0,2}(?:past|beyond|alive|at\s(?:thirty|forty|fifty|\d\d)|in\s(?:a|five|ten|\d+)\syears?)\b|"
        r"\b(?:can'?t|don'?t|do\snot|no\slonger)\s(?:\w+\s)?(?:see|have)\s(?:a|any)\sfuture(?:\s(?:for\s(?:me|myself)|any\s?more))?(?:[.,;!]|$)|"
        r"\b(?:not|never)\s(?:have\s|be\s|see\s|there\s|face\s|need\s)+(?:a|another|any)\s(?:tomorrow|morning|sunrise)\b|"
        r"\bthere\s(?:won'?t|isn'?t\sgoing\sto|doesn'?t\shave\sto|is\snot\sgoing\sto|will\snot)\s(?:be\s)?(?:a|another)\s(?:tomorrow|"
        r"birthday|christmas|next\syear|morning)\b[^.!?\n]{0,10}\b(?:for\sme|i)\b|"
        r"\b(?:done|finished|through|had\senough|over)\s(?:with|of)?\s?(?:waking\sup|breathing|existing|being\sa\sperson|being\salive)(?:[.,;!]|\sany|$)|"
        r"\b(?:only|last|nothing|no\sone|nobody|not\smuch|no\sreason)\s(?:\w+\s){0,5}?(?:to|was|am|i'?m|been)?\s?(?:stay(?:ing)?|"
        r"stick(?:ing)?\saround|hold(?:ing)?\son|hang(?:ing)?\son)\s(?:here\s|alive\s|around\s)?for\b|"
        r"\b(?:only|just)\s(?:stay|stayed|staying|hanging\son|holding\son|sticking\saround|alive)\s(?:here\s|alive\s|around\s)?(?:for|because\sof)\s(?:him|her|them|my|the)\b|"
        r"\bnothing\s(?:\w+\s)?(?:tying|keeping|holding)\sme\s(?:here|alive)\b|\bonly\s(?:here|staying|alive|around)\s(?:until|till|for)\s(?:my|he|she|they)\b|"
        r"\b(?:is|'?s|be)\s(?:a|no)\s(?:tomorrow|future)\sfor\sme(?:[.,;!]|$)|"
        r"\b(?:simple|easy|easier|tempting)\s(?:it\swould\sbe\s)?to\s(?:just\s)?not\s(?:come\s(?:up|back)|brake|turn|swerve|surface|wake)\b|"
        r"\b(?:don'?t|can'?t|never)\s(?:see|saw|pictured?)\smyself\s(?:turning|reaching|getting\sto|making\sit|growing\sold|getting\sold)\b|"
        r"\bif\syou\s(?:don'?t|do\snot|never)\shear\sfrom\sme\s(?:after|again|tonight|tomorrow|by)\b|"
        r"\bby\sthe\stime\b[^.!?\n]{0,40}\bi'?ll\s(?:already\s)?be\s(?:dead|with\s(?:my\s\w+|him|her))(?:[.,;!]|\sagain|$)|"
        r"\bhop(?:e|ing)\b[^.!?\n]{0,40}\bi\s(?:just\s)?(?:won'?t|don'?t)\s(?:hear\sit|wake|open\smy\seyes)\b|"
        r"\b(?:tired|sick|weary|scared|dread\w*)\s(?:of\s)?(?:still\s)?waking\sup(?:\s(?:still|as|every\s(?:day|morning)|at\sall|alive|me)\b|[.,;!]|$)|"
        r"\b(?:the\s)?only\sreason\s(?:that\s|why\s)?i(?:'?m|\sam)\s(?:still\s)?(?:here|alive|around|breathing)\b|"
        r"\bmy\slast\s(?:\w+\s)?(?:here\son\searth|on\searth|on\sthis\searth|alive)\b"
    ),
    "at_hand": (
        rf"\b{_GUN}\s(?:\w+\s)?(?:across|between|on|against|under)\smy\s(?:own\s)?(?:knees|lap|legs|chin|chest|tongue)\b|"
        r"\b(?:pillar|overpass|embankment|guard\s?rail|abutment|median|oncoming|reservoir)\b[^.!?\n]{0,60}\b(?:how\s(?:fast|hard|easy)|just\s(?:drift|turn|let\sgo)|not\sbrak\w+)\b|"
        r"\b(?:\d\d+|ten|twenty|thirty|forty|fifty|sixty|hundred)\s(?:of\s(?:the|them|my)\s)?(?:\w+\s){0,4}(?:in\sa\s(?:sock|jar|bag|shoe|tin)|hidden|stashed|saved\sup)\b|"
        r"\b(?:chair|stool|beam|rafters?|hook|ladder)\sand\s(?:the|a|my)\s(?:cord|rope|belt|sheet|cable)\b|"
        r"\b(?:does\sit\shurt|how\slong\sdoes\sit\stake|is\sit\s(?:quick|painless|peaceful|calm))\b[^.!\n]{0,30}\b(?:drown\w*|hang\w*|bleed\w*|jump\w*|freez\w*|overdos\w*)|"
        rf"\b(?:{_GUN}|barrel|muzzle)\b[^!?\n]{{0,90}}\b(?:(?:had|put|have|holding|held|taste\w*|stick|stuck)\s(?:it|the\sbarrel)\s"
        r"(?:in\smy\s(?:own\s)?mouth|(?:to|against|under)\smy\s(?:own\s)?(?:head|temple|chin)))|"
        rf"\b(?:i\s|i'?ve\s|i'?m\s|been\s|keep\s|am\s|just\s)+(?:\w+\s)?(?:looking|staring|stare|look)\sat\s(?:the|that|my)\s(?:\w+\s)?"
        r"(?:gun|pistol|revolver|shotgun|rope|noose|knives|razor|blades?|pills|morphine|tablets)(?:\s(?:in|on|for|all|again|every|under|next|beside|and\s)|[.,;!]|$)|"
        rf"\bhow\smany\s(?:{_DRUG}\s|of\sthem\s)?(?:i\s(?:have|got)|i'?ve(?:\sgot)?|are)\s(?:\w+\s)?(?:saved|stashed|hidden|hoarded|put\saway|left\sin\sthe)\b|"
        rf"\benough\s(?:of\s)?(?:\w+\s){{0,2}}{_DRUG}\s(?:\w+\s){{0,5}}to\s(?:end|kill|stop|never|finish|not\swake|go\sto\ssleep\sfor)|"
        r"\bgarage\b[^.!?\n]{0,40}\b(?:door\s(?:down|closed|shut)|closed)\b[^.!?\n]{0,60}\b(?:engine|motor|exhaust|car|truck)\b|\bclosed\sgarage\b[^.!?\n]{0,40}\b(?:key|ignition|engine)\b|"
        r"\b(?:sit|sat|sitting|go|went)\b[^.!?\n]{0,20}\bgarage\b[^.!?\n]{0,60}\b(?:think|thought|thinking|tempted|want)\b[^.!?\n]{0,30}\b(?:engine|motor|exhaust|car\srunning|truck\srunning)\b|"
        r"\b(?:too\s(?:near|close)|right|closer)\s(?:\w+\s)?(?:to\s|at\s|by\s|on\s)?the\s(?:edge|tracks|rails?|railing|ledge)\b[^.!?\n]{0,60}\b(?:if\si(?:'?ll|\swill|\sdo|\scan|\sjump|\sgo|\scould)|one\sstep|let\sgo|step\soff|just\sgo)\b"
    ),
    "farewell": (
        r"\b(?:have|got|had|i'?ve)\s(?:the|a|my|had\sit)\s(?:goodbye\s|suicide\s|last\s)?note\s(?:all\s)?(?:written|ready|finished|done|typed)\b|"
        r"\b(?:picked|planned|planning|chose|chosen|paid\sfor)\b[^.!?\n]{0,20}\bmy\s(?:own\s)?funeral\b|"
        rf"\btell\smy\s(?:\w+\s)?{_DEAR}\b[^.!?\n]{{0,30}}\b(?:loved|was\snothing\sthey|wasn'?t\s(?:their|her|his)\sfault|not\s(?:their|her|his)\sfault)\b"
    ),
    "burden": (
        r"\b(?:would|will|'d|'ll)\s(?:soon\s)?(?:forget|get\sover|move\son\sfrom)\sme\b|"
        r"\bbe\s(?:finally\s)?(?:free|rid)\sof\sme\b|\b(?:policy|insurance)\b[^.!?\n]{0,40}\b(?:like\san\saccident|suicide\sclause)\b|"
        r"\bbetter\soff\s(?:with|getting|having)\b[^.!?\n]{0,40}\binsurance\b|\b(?:insurance|policy)\b[^.!?\n]{0,40}\bthan\s(?:with\s)?(?:me|i)\b|"
        r"\bworth\smore\s(?:to\s\w+\s(?:\w+\s)?)?dead\b|\bone\sless\s(?:mouth|problem|person)\b[^.!?\n]{0,30}\b(?:if|without|when)\s(?:i|me)\b|"
        r"\bbetter\soff\s(?:once|when|if|after)\s(?:i'?m|i\sam|i\swere|i\swas)\s(?:gone|dead|out\sof)\b|"
        r"\b(?:nobody|no\sone)\s(?:would|will|'d)\s(?:even\s)?(?:notice|find\sme|know|look\sfor\sme)\b[^.!?\n]{0,20}\b(?:til|till|until|for\s(?:days|weeks|months))\b[^.!?\n]{0,40}\b(?:rent|smell|body|gone|dead|days|weeks)\b"
    ),
    "wound": (
        r"\bi(?:'?ve|\shave|\sjust|\sdid|\swent\sand|\salready)*\s(?:cut|cutting|burn(?:ed|t)|burning)\s(?:myself\s)?(?:again|deep\w*)\s(?:and\sagain\s)?(?:tonight|last\snight|than\si\smeant|and\sit'?s\sbad)\b|"
        r"\bi(?:'?ve|\shave|'?m|\sam)?\s(?:been\s|still\s|back\sto\s|started\s|keep\s)*(?:hurting|harming|cutting|burning|scratching|starving)\s(?:myself|my\s(?:arms?|legs?|thighs?|"
        r"wrists?))\s(?:since|again|every|for\s(?:weeks|months|days)|at\snight|lately|now)\b|"
        r"\b(?:hurt|cut|harm)(?:ing)?\smyself\b[^!?\n]{0,60}\bdid(?:n'?t|\snot)\swant\sto\sstop\b"
    ),
    "endangered": (
        r"\b(?:he|she)\s(?:said\s(?:he|she)\s)?(?:will|'?ll|would|is\sgoing\sto)\s(?:\w+\s)?(?:use\sit\son\sme|shoot\sme|stab\sme|kill\sus|kill\sme\sand|hurt\sme\sagain)\b|"
        r"\b(?:his|her)\s(?:hands?|arm|belt)\s(?:were\s|was\s|went\s)?(?:around|on|at)\smy\s(?:neck|throat)\b|"
        r"\b(?:he|she|my\s\w+)\s(?:has\s|just\s|had\s)?(?:choked|strangled|choking|strangling)\sme\b|"
        r"\b(?:he|she|my\s(?:husband|wife|ex|boyfriend|girlfriend|partner|father|dad|stepdad|son|brother))\b[^.!?\n]{0,40}\b(?:next\stime|"
        r"tonight|when\s(?:he|she)\sgets)\b[^.!?\n]{0,30}\b(?:kill\sme|won'?t\s(?:let\sgo|stop)|finish\s(?:it|me|the\sjob)|bury\sme)\b|"
        r"\b(?:threatens?|threatened|threatening|swore|promised)\s(?:to\s|he'?ll\s|he'?d\s)(?:kill|shoot|stab|strangle|bury)\s(?:me|us|me\sand)\b"
    ),
    "threat": (
        r"\b(?:everybody|everyone|they|those\s\w+)\b[^.!?\n]{0,40}\b(?:learn|know|remember|never\sforget)\smy\sname\s(?:on|by|after|tomorrow|tonight|soon)\b|"
        rf"\bi(?:'?m|\sam|'?ll|\swill|'?m\sgoing\sto)?\s(?:\w+\s)?(?:put(?:ting)?\s{_HIM}\s(?:down|in\sthe\sground)|drop(?:ping)?\s{_HIM}\swhere|end(?:ing)?\s{_HIM})\b[^!?\n]{{0,60}}"
        r"\b(?:happens\sto\sme|prison|jail|i\smean\sit|don'?t\s(?:\w+\s)?care|rifle|gun|shotgun)\b|"
        r"\bi(?:'?m|\sam|'?ll|\swill)\s(?:be\s)?(?:coming|going|come|go)\s(?:back|in|down)\b[^.!?\n]{0,60}\b(?:empty\s(?:desks|chairs|seats)|bodies|body\sbags|body\scount|"
        r"blood|nobody\s(?:left|walks)|no\sone\s(?:left|walks|leaves)|funerals?)\b"
    ),
    "plan": (
        r"\b(?:make|makes|be|call\sme|number)\s(?:it\s)?(?:twenty[\s-]three|23)\s(?:tomorrow|tonight|today|soon|by)\b|"
        r"\bi(?:'?ve|\shave)\s(?:\w+\s)?(?:picked|chosen|set|got|circled)\s(?:a|the|my)\s(?:day|date|spot|place)\sto\s(?:die|do\sit|end)\b|"
        r"\bi(?:'?m|\sam|'?ll|\swill)\s(?:\w+\s)?(?:setting|laying|putting)\s(?:it|this|everything|the\sload)\sdown\s(?:tonight|for\sgood|tomorrow|forever)\b"
    ),
}  # fmt: skip
"""Cues that are a finding by themselves where somebody speaks of themselves."""

_WEAK: Final = {
    "future": (
        rf"\bi\b[^.!?\n]{{0,20}}{_WONT}\s{_STAY}\b|\bi\s(?:may|might)\snot\s{_STAY}\b|\b(?:might|may)\snot\s{_STAY}\b|"
        r"\bwhere\si'?m\sgoing\b|\b(?:won'?t|not\sgoing\sto|not\sgonna)\s(?:be\sneeding|need)\s(?:it|that|them|any|one)\b|"
        r"\bsee\s(?:you|y'?all|ya|him|her|them|everyone)\s(?:\w+\s)?on\sthe\sother\sside\b|"
        r"\b(?:the|my)\slast\stime\si(?:'?ll|\swill)?\s(?:ever\s)?(?:see|hold|kiss|hug|tuck|hear|talk|say)\b|\bthere\s(?:isn'?t|won'?t|is\snot|will\snot)\s(?:going\sto\s|gonna\s)?(?:be\s)?(?:another|a)\s(?:chance|next\stime)\b|"
        r"\b(?:ought|want|wanna|ready|going|soon|need|supposed|should)\s(?:to\s)?(?:go\s)?(?:be|join)\s(?:back\s)?(?:with\s)?(?:him|her|them|my\sbrothers)\b|\bi\scan\sbe\swith\s(?:him|her|them)\b|"
        r"\b(?:isn'?t|wasn'?t|not|no\slonger)\s(?:be\s)?(?:here|around|alive)\b[^.!?\n]{0,20}\b(?:if|til|till|until)\b|\bhow\sto\splan\spast\b|\bdon'?t\sknow\s(?:\w+\s){0,3}past\sthat\b"
    ),
    "at_hand": (
        rf"\b(?:loaded\s)?{_GUN}\s(?:\w+\s){{0,3}}(?:on|in|by|under|beside|next\sto)\s(?:the|my)\s(?:nightstand|night\stable|bed(?:side)?|lap|mouth|pillow|glove\s?box)\b|"
        rf"\bwith\s(?:the|my|a)\s(?:loaded\s)?{_GUN}\b|\b(?:the|my|a|her|his)\s(?:\w+\s)?{_THING}\s(?:\w+\s){{0,3}}(?:left\sover|saved|leftover|on\sthe\s(?:table|counter))\b|"
        rf"\b{_DRUG}\s(?:left\sover|leftover|saved\sup)\b|\b(?:all\s)?my\s(?:guns?|rifles?|pistols?)\b[^!?\n]{{0,60}}\bback\b|"
        rf"\b(?:haven'?t|have\snot|not)\s(?:done|been\sto|gone\sto|taken|had)\s(?:my\s)?{_VITAL}\b|\bbought\s(?:\w+\s){{0,3}}(?:shells|bullets|ammo|rounds|rope)\b|"
        r"\b(?:cabinet|drawer|bottle|bottles)\b[^.!?\n]{0,25}\bfull\sagain\b|"
        rf"\b(?:stopped|quit|stopping|skipp(?:ed|ing)|not\staking|done\swith)\s(?:taking\s)?(?:my|the|all\smy)\s(?:\w+\s)?{_VITAL}\b|"
        r"\b(?:stand|standing|lean|leaning|sit|sitting)\s(?:\w+\s){0,4}the\s(?:edge|ledge|railing|tracks|platform|bridge)\b|"
        r"\b(?:turn|turning|let\sgo\sof|hold|holding|straighten|jerk|yank)\s(?:of\s)?the\s(?:steering\s)?wheel\b"
    ),
    "farewell": (
        r"\b(?:giv(?:e|ing|en)|gave)\s(?:away\s)?(?:all\s)?my\s(?:tools|things|guitar|records|books|clothes|stuff|plants|jewelry|collection)\b|"
        r"\b(?:wrote|written|writing|typed)\s(?:out|down|up)\s(?:how|where|what)\b|\b(?:deleted|closed|cancell?ed|wiped)\s(?:all\s)?my\b|"
        r"\b(?:paperwork|affairs|papers|will|everything|things)\s(?:\w+\s){0,2}in\sorder\b|\bpaid\soff\s(?:what|everything|all)\b|"
        r"\b(?:found|find|finding)\s(?:a\s)?(?:good\s|new\s|nice\s)*(?:home|someone|somebody|family)\s(?:for|to\stake)\s(?:the|my)\s(?:dogs?|cats?|birds?|pets?|horses?)\b|"
        rf"\b(?:passwords?|bank|insurance|accounts?|funeral)\b[^!?\n]{{0,60}}\b(?:(?:for|on|so)\s(?:the\s|my\s)?(?:{_DEAR}|her|him|them)\b|after\b)|"
        rf"(?:^|[.,;!?]\s|please\s|somebody\s|someone\s)tell\smy\s(?:\w+\s)?{_DEAR}\b|\bwhoever\s(?:reads|finds)\b"
    ),
    "burden": (
        r"\b(?:cry|grieve|be\ssad)\s(?:for\s)?(?:a|one|two)\s(?:days?|weeks?|months?)\b|"
        r"\b(?:nobody|no\sone)\s(?:would|will|'d)\s(?:even\s)?(?:notice|find|care|miss)\b|\bdragging\s(?:everyone|them|my\sfamily)\sdown\b|"
        r"\b(?:does|would|will)\sit\s(?:even\s)?matter\s(?:if|to\sanyone)\b|\bbetter\soff\b[^.!?\n]{0,20}\bme\b"
    ),
    "wound": (
        r"\bi\s(?:cut|relapsed)\sagain\b|\bbleeding\sa\slot\b|\bswallowed\s(?:everything|the\swhole|all)\b"
    ),
    "endangered": (
        r"\b(?:don'?t|nowhere)\s(?:\w+\s){0,3}where\s(?:me|i|we)\b[^.!?\n]{0,25}\bgo\b|\bafraid\s(?:of\shim|of\sher|he'?ll|she'?ll)\b"
    ),
    "threat": (
        r"\bi(?:'?m|\sam)\scoming\sback\b|\bput(?:ting)?\shim\sdown\b|\bnext\stime\s(?:he|she|they)\b|\b(?:they'?ll|they\swill|he'?ll|he\swill|everyone\swill)\s(?:all\s)?(?:pay|be\ssorry|regret)\b|"
        r"\bdon'?t\s(?:\w+\s){0,2}care\swhat\shappens\sto\sme\b|\bremember\si\ssaid\b|\bthey\spushed\sme\b"
    ),
    "plan": (
        r"\bplanning\sit\b|\b(?:a|the)\s(?:where|how|place|spot|method)\sand\s(?:a|the)\s(?:when|where|how|day|date|time)\b|\b(?:twenty[\s-]three|23)\s(?:tomorrow|tonight)\b"
    ),
}  # fmt: skip
"""Cues that need another beside them."""

_BESIDE: Final = {
    "weary": (
        r"\bdon'?t\s(?:\w+\s)?care\swhat\shappens\b|"
        r"\bthen\s(?:it'?s|i'?m|i\scan|it'?ll\sbe)\s(?:\w+\s)?(?:quiet|over|done|rest|sleep|free|finished)\b|\bi'?m\s(?:so\s)?tired[.,]|"
        r"\b(?:once|when|after)\si'?m\sgone\b|\bi\sguess\si\sam\b|\bdon'?t\s(?:intend|plan)\sto\sgo\sback\b|"
        r"\bnot\s(?:the\s)?sleepy\b|\btired\sof\s(?:being\shere|fighting|trying|it\sall|this\sall|being\sme)\b|\bas\sfar\sas\si\scan\b|\b(?:down|it)\stonight\b|"
        r"\b(?:can'?t|don'?t|cannot|do\snot)\s(?:\w+\s)?see\s(?:the|a|any)\s(?:point|reason)\b|\bno\s(?:point|reason)\b|\bpeaceful\b|\brestful\b|\bat\speace\b|"
        r"\b(?:quit|stopped|done)\s(?:arguing|fighting|struggling)\b|\bjust\s(?:so\s)?tired\b|\bevery\s(?:night|time)\b|\b(?:anything|nothing)\sleft\b"
    ),
    "goodbye": (
        r"\bthank\syou\b[^!?\n]{0,60}\b(?:blood|everything|to\sme|all\sof\syou|you\sall)\b|\btake\scare\sof\s(?:each\sother|yourselves|one\sanother)\b|\bgoodbye\b|\bforgive\sme\b|"
        r"\bnothing\s(?:they|you|anyone)\sdid\b|\bsorry\sfor\severything\b|\beas(?:y|ier)\s(?:on|for)\s(?:her|him|them|my)\b"
    ),
    "refused": (
        r"\b(?:don'?t|do\snot|please\sno|nobody|no\sone)\s(?:please\s)?(?:lecture|call\s(?:my|anyone|the|911)|try\sto\s(?:stop|talk|change)|tell\sme\sit|mind\sme|worry\sabout\sme)\b|"
        r"\b(?:haven'?t|didn'?t|never)\s(?:told|tell)\s(?:him|her|them|anyone|anybody)\b|\b(?:they|nobody|no\sone)\s(?:\w+\s){0,3}(?:don'?t\sknow|has\sany\sidea|knows)\b"
    ),
    "dwelling": (
        r"\bi\s(?:keep|kept)\s(?:taking|getting|holding|looking|touching|counting|going|driving)\b|\bfor\s(?:\w+\s)?hours\b|\bto\ssee\sif\si\b|\bin\smy\smouth\b"
    ),
    "lost": (
        r"\b(?:couldn'?t\ssave|buried\s(?:him|her|my)|passed\sin|since\s(?:he|she)\s(?:died|passed))\b"
    ),
    "topic": r"\b(?:suicid\w*|harming\s(?:your|my)self|22\sa\sday|twenty[\s-]two\sa\sday)\b",
}  # fmt: skip
"""What makes a weak cue count, and is nothing by itself."""

STRONG: Final = {family: compiled(said) for family, said in _STRONG.items()}
WEAK: Final = {family: compiled(said) for family, said in _WEAK.items()}
_BESIDE_ONES: Final = {family: compiled(said) for family, said in _BESIDE.items()}
_EVERYDAY: Final = compiled(
    r"\b(?:meetings?|shifts?|work|job|company|deploy\w*|orders?|flights?|tickets?|trip|vacation|holidays|"
    r"college|doctor\s(?:switched|changed|took)|landlord|range|permit|license|dinner|boats?|games?|surgery|solutions?|code|shop|"
    r"store|show|window|adjuster|agent|pharmacy|airport|weigh\w*|hole|movie|concert|party|wedding|"
    r"edge\sof\s(?:the|my)\s(?:bed|seat|couch|chair|sofa|tub)|at\s(?:my|the)\s\w+'s|best\sday)\b"
)
"""What a sentence is about that means no more than it says."""
_OWN_NO: Final = ("future", "burden", "farewell", "endangered")
"""Families whose cues hold their own "not"."""

_HINTS: Final = {
    "future": "tying me|keeping me|holding me|only here|only staying|only alive|only around|come up|come back|brake|not turn|swerve|surface|not wake|imagine b|see being|see b|hear from me|ll be with|ll already be|won't wake|wont wake|t hear it|don't wake|dont wake|my eyes|waking up|only reason|myself turning|myself reaching|myself getting|myself making|myself growing|where i'm going|where im going|needing |need it|need that|need them|need any|need one|be here|being here|be around|being around|be alive|being alive|be there|being there|stick around|sticking around|stay a|staying a|stay for|staying for|be dead|be buried|in the ground|six feet|make it |making it |future|no tomorrow|a tomorrow|any tomorrow|another tomorrow|mak it|next |no version|t a version|t any version|no world|a world|any world|picture m|picture a|see my|see me|see any|imagine m|imagine a|a morning|other morning|y morning|sunrise|waking up|breathing|existing|a person|hold on|holding on|hang on|hanging on|stayed|my last|on earth|alive|on the other side|last time|another chance|a chance|be with h|be with t|be with my|be back with|join him|join her|join them|join my|join back|t here|not here|longer here|t around|t alive|plan past|past that",  # noqa: E501
    "at_hand": "pillar|overpass|embankment|guard rail|guardrail|abutment|median|oncoming|reservoir|in a sock|in a jar|in a bag|in a shoe|in a tin|hidden|stashed|saved up|and the cord|and a cord|and my cord|and the belt|and a belt|and my belt|and the sheet|and a sheet|and my sheet|and the cable|and a cable|and my cable|it hurt|it take|is it quick|is it pain|is it peace|is it calm|shells|bullets|ammo|rounds|oxygen|gun|pistol|rifle|revolver|glock|sidearm|weapon|1911|9mm|9 mm|.45|.38|barrel|muzzle|rope|noose|knife|knives|razor|blade|pills|morphine|tablet|meds|medic|painkiller|oxy|fentanyl|insulin|sedative|opioid|xanax|benzos|garage|the edge|the tracks|the rail|ledge|platform|bridge|wheel|full again|dialysis|chemo|thinner|heparin|inhaler|how many i|how many are|how many of|scalpel|cutter|treatment|drugs",  # noqa: E501
    "farewell": "my tools|my things|my guitar|my records|my books|my clothes|my stuff|my plants|my jewelry|my collection|all my|wrote out|wrote down|wrote up|written out|written down|written up|writing out|writing down|writing up|typed out|typed up|typed down|deleted|closed|canceled|cancelled|wiped| note |tell my |in order|paid off|home for|family for|body for|one for|home to take|family to take|body to take|one to take|password|bank|insurance|account|funeral|whoever",  # noqa: E501
    "burden": "forget me|over me|on from me|free of me|rid of me|cry |grieve|be sad|insurance|policy|worth more|one less|better off|nobody w|no one w|one'd|body'd|dragging|matter if|matter to",  # noqa: E501
    "wound": "cut again|cut deep|cut myself|cutting|burned |burnt |burning |hurting |harming |scratching |starving |hurt myself|harm myself|relapsed|bleeding|swallowed",  # noqa: E501
    "endangered": "on me|shoot me|stab me|kill us|hurt me|my neck|my throat|choked|choking|strangl|kill me|let go|t stop|finish it|finish me|finish the|bury me|threaten|swore|promised|where me|where i|where we|afraid of|afraid he|afraid she",  # noqa: E501
    "threat": "him down|her down|them down|of you down|of them down|everyone down|in the ground|my name|where he|where she|where the|where you|where all|where every|ending him|ending her|ending them|ending e|ending a|end him|end her|end them|end everyone|end every one|end all|empty |bodies|body bag|body count|blood|nobody left|one left|nobody walks|one walks|one leaves|funeral|coming back|next time he|next time she|next time they|ll pay|ll all pay|will pay|will all pay|be sorry|regret|happens to me|remember i said|pushed me",  # noqa: E501
    "plan": "three| 23|picked |chosen |set a|set the|set my|got a d|got a spot|got a place|got the|got my|circled |it down|this down|everything down|load down|planning it|where and|how and|place and|spot and|method and",  # noqa: E501
}  # fmt: skip
HINTS: Final = {family: tuple(letters.split("|")) for family, letters in _HINTS.items()}
"""Letters of which one is in every text that holds a cue of the family."""


def read(plain: str, kinds: set[str]) -> list[Finding]:
    """What the cues of the hinted families say, in small letters. Linear in the text."""
    findings = []
    for family in HINTS:
        if family not in kinds:
            continue
        for strength, pattern in ((True, STRONG[family]), (False, WEAK[family])):
            for start, end in spans(pattern, plain, _MOST):
                if _counts(family, plain, Said(plain, start, end), alone=strength):
                    findings.append(Finding(Kind.CRISIS, start, end, Severity.LOW))
    return findings


def _counts(family: str, plain: str, said: Said, *, alone: bool) -> bool:
    around = plain[max(0, said.start - _NEAR) : said.end + _NEAR]
    if not found_in(FIRST_PERSON, around) or found_in(LONG_AGO, said.sentence):
        return False
    if is_quoted(plain, said) or is_reported(said) or is_funny(said):
        return False
    if family not in _OWN_NO and found_in(NEGATION, said.lead):
        return False
    if family not in {"endangered", "threat"} and found_in(_EVERYDAY, said.sentence):
        return False
    own = said.words.startswith("i") or found_in(FIRST_PERSON, said.words)
    if not own and is_about_somebody(said):
        return False
    return alone or _beside(family, around)


def _beside(family: str, around: str) -> bool:
    others: list[Any] = [each for name, each in WEAK.items() if name != family]
    return any(found_in(each, around) for each in (*_BESIDE_ONES.values(), *others))
