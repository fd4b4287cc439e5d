"""More of how people say that they are in danger: sayings that lean on what is beside them.

`crisis_words` has what says it by itself, and the sources. What stands under `BESIDE` says it only
where the text speaks of suicide or of a crisis anyway ("I have been there").
"""

from __future__ import annotations

from typing import Final

_GUN: Final = (
    r"(?:gun|pistol|rifle|shotgun|revolver|glock|sidearm|service\sweapon|handgun|barrel|"
    r"9\s?mm|\.?45|\.?38|\.?357)"
)
_PILLS: Final = (
    r"(?:pills?|meds|tablets?|painkillers?|tylenol|paracetamol|ibuprofen|aspirin|xanax|"
    r"benadryl|sleeping\spills)"
)
_NIGHT: Final = r"(?:the|this|another|one\smore)\s(?:night|day)|tonight"

MEANS: Final = (
    r"\bnoose\s(?:\w+\s)?in\smy\b|\bas\sfar\sas\s(?:buying|tying)\s(?:the|a)\s(?:rope|noose)\b|"
    r"\bin\s(?:my|the)\sgarage\b[^.!?\n]{0,25}\bengine\srunning\b|"
    rf"\b{_GUN}\s(?:\w+\s){{0,2}}(?:in\smy\s(?:own\s)?(?:lap|mouth)|(?:to|against)\smy\s(?:own\s)?"
    r"(?:head|temple|chin|throat|chest))\b|"
    r"\b(?:blade|razor|knife)\s(?:in\smy\shand|(?:to|on|against)\smy\s(?:own\s)?(?:wrists?|throat|"
    r"neck|arm))\b|"
    r"\b(?:had|have|got|with)\s(?:the|a|my)\s(?:rope|noose)\s(?:\w+\s)?(?:tied|ready|hung|hanging|"
    r"around)\b|\b(?:bought|found)\s(?:the|a)\s(?:rope|noose)\s(?:today|yesterday|last\snight|already)\b|"
    r"\b(?:swallow|swallowed|swallowing|take|took|taking|down|downed|downing)\s(?:the|a|that)\s(?:whole|"
    r"entire|full)\sbottle\b|"
    rf"\b(?:enough|all\smy|all\sthe|plenty\sof|stash\sof)\s{_PILLS}\s(?:\w+\s)?(?:(?:saved|stashed|"
    r"hoarded|stored)(?:\sup|\saway)?|put\saway|counted|to\sdo\sit|to\send)\b|"
    rf"\b(?:looked\sup|googled|googling|searched|searching|researched|researching|read\sup\son|know)\s"
    rf"(?:\w+\s){{0,2}}(?:how\smany\s(?:\w+\s)?{_PILLS}\s(?:it|would|does|to)|(?:how|ways|painless\s"
    r"ways)\sto\s(?:die|kill\smyself|hang\smyself|end\smy\slife|overdose))\b|"
    r"\b(?:goodbye\s|suicide\s|last\s)?(?:notes?|letters?)\s(?:is|are)\s(?:already\s|all\s)?written\b|"
    r"\b(?:done|sorry|goodbye|can't|tired|over|enough|forgive)\b[^?\n]{0,60}\btell\smy\s(?:kids?|"
    r"children|wife|husband|mom|mum|mother|dad|father|family|son|daughter|parents|sister|brother|"
    r"girls|boys)\s(?:that\s)?i\slove\b|"
    r"\b(?:don't|dont|do\snot)\sthink\s(?:i'll|i\swill|i'm\sgoing\sto|i\scan)\s(?:make\sit|last|"
    rf"survive|live|get)\sthrough\s(?:{_NIGHT})\b|"
    rf"\bi\s(?:won't|wont|will\snot|can't|am\snot\sgoing\sto)\s(?:make\sit|last|live)\sthrough\s(?:{_NIGHT})\b|"
    r"\b(?:can't|cant|cannot)\s(?:guarantee|promise|say)\s(?:that\s)?(?:i'll|i\swill)\s(?:still\s)?be\s"
    r"(?:here|alive|around)(?:\s(?:by|on|in|for|next|to|this)\s\w+(?:\s\w+)?)?\b|"
    r"\b(?:can't|cant|cannot)\sdo\sthis\s(?:any\s?more|any\slonger)\b[^?\n]{0,50}\b(?:goodbye|good\sbye|"
    r"forgive\sme|so\ssorry|love\syou\sall|thank\syou\sfor\severything)\b|"
    rf"\b{_GUN}\s(?:\w+\s){{0,2}}(?:in\smy\shands?|on\sthe\stable|beside\sme)\b[^?\n]{{0,40}}\b(?:chambered|"
    r"loaded|safety|trigger)\b|"
    r"\b(?:least\spainful|most\spainless|painless)\sways?\s(?:to\s(?:go|die|do\sit)|out)\b|"
    r"\b(?:gave|given|giving)\s(?:away\s)?my\s(?:cat|dog|pets?|things|belongings|stuff|guitar)\b"
    r"[^?\n]{0,60}\b(?:it's\stime|its\stime|won't\sneed|don't\sneed\s\w+\sany|goodbye)\b|"
    rf"\bloaded\s(?:the|my|a)\s(?:\w+\s)?{_GUN}[^?\n]{{0,80}}\b(?:sat|alone|cried|mouth|head|lap|sunset|drank)\b"
)
"""A means at hand or a step taken; severe unless it is past."""

ACTIVE: Final = (
    r"\b(?:i|i'm|im|i've|i'd|my|me)\b[^.!?\n]{0,60}\b(?:(?:eat|eating|ate|swallow|swallowing|suck|"
    rf"sucking|taste|tasting)\s(?:on\s)?(?:a|my|the|that)\s(?:own\s)?(?:bullet|{_GUN})|"
    r"tak(?:e|ing)\smyself\sout|put(?:ting)?\s(?:one|a\sround)\s(?:in|through)\smy\s(?:own\s)?"
    r"(?:head|brain|skull))\b|"
    r"\b(?:how\seasy|easier|easy|simpler|tempting|urge|thought\sof|think(?:ing)?\sof|idea\sof)\s"
    r"(?:\w+\s){0,4}(?:driv(?:e|ing)|steer(?:ing)?|swerv(?:e|ing)|walk(?:ing)?|step(?:ping)?)\s"
    r"(?:\w+\s){0,3}?(?:into|in\sfront\sof|off)\s(?:\w+\s){0,2}(?:traffic|truck|train|tree|bridge|"
    r"river|wall|pole|cliff|semi|bus)\b|"
    r"\b(?:picturing|picture|imagining|imagine|seeing|see|visuali[sz](?:e|ing))\smyself\s(?:hanging|"
    r"hanged|dead|dying|bleeding\sout|in\sa\s(?:coffin|casket|body\sbag)|jumping\soff)\b|"
    r"\b(?:thoughts?\s(?:of|about)|think(?:ing)?\s(?:of|about)|urges?\sto|want(?:ed)?\sto|tempted\sto)\s"
    r"(?:crash(?:ing)?|wreck(?:ing)?|flip(?:ping)?|roll(?:ing)?)\smy\s(?:own\s)?(?:car|truck|bike|motorcycle)\b"
    r"[^.!?\n]{0,20}(?:purpose|deliberately|tree|wall|bridge)"
)
"""Doing it, in words that say it sideways."""

SUICIDAL: Final = (
    r"\b(?:i|i'd|i've)\s(?:\w+\s){0,3}(?:almost|nearly|about\sto|could\shave|could've|close\sto|would\s"
    r"have|would've)\s(?:\w+\s){0,2}(?:one\sof\sthe\s(?:22|twenty[\s-]two)|(?:a|another|just\sanother|"
    r"that|the\snext)\sstatistic)\b|"
    r"\b(?:almost|nearly)\s(?:became|was|made\sme)\s(?:one\sof\sthe\s(?:22|twenty[\s-]two)|(?:a|another|"
    r"just\sanother|the\snext)\sstatistic)\b|"
    r"\b(?:psych\w*|ward|hospital\w*|icu|inpatient|unit)\b[^.!?\n]{0,40}\b(?:after|following|since|from)\s"
    r"my\s(?:\w+\s)?attempt\b|\b(?:after|since|before|survived)\smy\s(?:own\s|first\s|last\s|second\s|"
    r"third\s|failed\s|most\srecent\s)+attempt(?:\s(?:i|in|at\s(?:age\s)?\d+|when|and|my)\b|[.,;!?)]|$)|"
    r"\b(?:don't|dont|do\snot|can't|didn't)\strust\smyself\s(?:\w+\s)?(?:with\s(?:my|a|the|these|any)\s"
    rf"(?:{_GUN}s?|{_PILLS}|kni(?:fe|ves)|blades?|razors?|rope|weapons?|firearms?)|alone\b|to\sbe\salone|"
    r"not\sto\s(?:hurt|harm|do|kill)|to\s(?:stay\ssafe|be\ssafe|live))|"
    r"\b(?:only|one)\s(?:\w+\s){0,2}(?:that\s|that's\s|which\s|who\s)?(?:is\s)?(?:keeping|keeps|kept|"
    r"stopping|stops|stopped)\sme\s(?:from\s(?:doing\sit|ending|going\sthrough|pulling\sthe|killing|"
    r"taking\smy|jumping)|alive|here\b|on\sthis\searth|breathing)|"
    r"\bas\s(?:somebody|someone|an?\s(?:\w+\s){1,3})\s?(?:who|that)\b[^.!?\n,]{0,40}\b(?:suicid\w*|kill\smyself|"
    r"end\smy\slife)\b|\bsurvivor\sof\s(?:\w+\s){0,2}attempts?\b|\b(?:don't|dont|do\snot|didn't|never)\sfeel\ssafe\s(?:with|around|"
    r"from)\s(?:myself|my\sown)|\bnot\ssafe\s(?:with|from)\smyself\b|\bdo\sit\s(?:tonight\s|now\s|right\snow\s)?if\si\s"
    r"(?:wasn't|weren't|had\sthe\s(?:guts|courage|nerve))|\btoo\s(?:much\sof\sa\scoward|scared|afraid|weak|cowardly)\s"
    r"to\sdo\sit\b"
)
"""Being suicidal, told by what held one back or what came after."""

PASSIVE: Final = (
    r"\b(?:i|i'm|my|me)\b[^.!?\n]{0,40}\bthoughts?\sof\s(?:just\s)?not\sbeing\s(?:here|around|alive)\b|"
    r"\bthoughts?\sof\s(?:just\s)?not\sbeing\s(?:here|around|alive)\b[^.!?\n]{0,30}\bme\b|"
    r"\b(?:don't|dont|do\snot|can't|cant|no\slonger|didn't|couldn't)\s(?:\w+\s)?see\s(?:a|any|the|much)\s"
    r"(?:point|reason)\s(?:in|to|of|for)\s(?:wak(?:e|ing)\sup|getting\sup\sany|be(?:ing)?\shere|carrying\son|"
    r"any\sof\s(?:it|this)\sany|anything\sany|trying\sany|staying|it\sall)\b|"
    r"\brather\sbe\s(?:dead|six\sfeet\sunder|gone\sfor\sgood)\b|"
    r"\b(?:i|i'm)\b[^.!?\n]{0,30}\b(?:feel|feels|felt|feeling)\slike\s(?:i'm\s|i\sam\s|i\swas\s|i've\sbeen\s)?"
    r"(?:just\s|nothing\sbut\s|only\s|such\s)*(?:a|one\sbig|an\sendless)\sburden\b|"
    r"\b(?:if|wish|hope|easier|simpler|better)\b[^.!?\n]{0,20}\bi\s(?:\w+\s)?(?:went|go|fell|fall|drifted)\s"
    r"(?:off\s)?(?:to\s)?(?:sleep|asleep)\sand\s(?:stayed\sasleep|never\s(?:woke|wake)|didn't\swake|don't\swake)|"
    r"\b(?:want(?:ed)?|wanting)\s(?:to\s)?(?:out\sof|be\sdone\swith|quit)\s(?:this\s)?life\b|\bout\sof\slife\b|"
    r"\b(?:no\sone|nobody|noone|anyone|anybody|they|everyone|everybody|people)\s(?:\w+\s){0,3}(?:miss\sme|"
    r"notice|care|move\son|be\sfine|be\sokay|be\sok|get\sover\sit)\s(?:\w+\s){0,2}if\si\s(?:just\s)?(?:vanished|was\sgone|were\s"
    r"gone|wasn't\shere|weren't\shere|wasn't\saround|weren't\saround|was\sno\slonger)\b|"
    r"\b(?:didn't|don't|did\snot|do\snot|no\slonger)\s(?:\w+\s)?care\s(?:if|whether)\si\s(?:live|lived|"
    r"die|died|woke|wake)\b|\blost\s(?:the|my|all|any)\swill\sto\slive\b|"
    r"\b(?:hope|hoping|hoped|wish|wishing|wished|pray|praying|prayed)\s(?:that\s)?(?:a|some|that|the|any)\s(?:\w+\s)?(?:bus|"
    r"truck|car|train|meteor|plane)\s(?:\w+\s)?(?:hits?|runs?\sover|takes?|crush\w*|kills?)\sme\b|"
    r"\b(?:had\s|should(?:'ve|\shave)\s|just\s)let\sme\s(?:die|bleed\sout)\b|"
    r"\bbetter\soff\swith\s(?:the|my)\s(?:life\s)?insurance\b|"
    r"\b(?:hoping|hoped|praying|prayed)\s(?:i\swould\s)?not\s(?:to\s)?wake\b|"
    r"\bif\si\shad\sa\s(?:gun|pistol)\b[^.!?\n]{0,20}\bi(?:'d|\swould)\s(?:\w+\s)?(?:be\s(?:dead|gone)|have\s"
    r"(?:used|done))\b|\b(?:can't|cant|cannot)\sdo\s(?:this\s)?life\b|"
    r"\bone\sless\sburden\b|\bhate\s(?:that\s)?i\s(?:wake|woke)\sup\s(?:this\smorning|today)(?:[.,;!]|$)|"
    r"\bi\s(?:won't|wont|will\snot)\smake\sit\s(?:to|till|until|through)\s(?:tomorrow|(?:the|this)\snight)"
    r"(?:[.,;!]|$)|\bno\stomorrow\sfor\sme\b"
)
"""Wishing not to be here, in words that say it sideways."""

SELF_HARM: Final = (
    r"\bi\b[^.!?\n]{0,30}\bscars\s(?:on|up|down|along|across)\s(?:both\s|my\s)+"
    r"(?:wrists?|arms|forearms|thighs)\b"
)
"""What is left of hurting oneself."""

_END: Final = (
    r"(?:not\s(?:be\s(?:here|alive)|exist|wake\sup|live)|end\s(?:it(?:\sall)?|everything|my\s(?:own\s)?"
    r"life)|kill\smyself|disappear\sfor(?:ever|\sgood)|take\smy\s(?:own\s)?life|commit\ssuicide)"
)
_ENDING: Final = (
    r"(?:(?:commit(?:ting)?\s|my\s(?:own\s)?)?suicide|ending\s(?:it(?:\sall)?|everything|my\s(?:own\s)?life)|"
    r"killing\smyself|dying|taking\smy\s(?:own\s)?life|not\s(?:being\s(?:here|alive)|waking\sup|existing))"
)
CORE: Final = (
    rf"\b(?:want(?:s|ed|ing)?|wish(?:ed|ing)?|hop(?:ed|ing)|pray(?:ed|ing)|long(?:ed|ing)|begg(?:ed|ing))\s(?:\w+\s)?"
    rf"to\s(?:just\s)?(?:die|be\sdead|{_END})\b|"
    rf"\b(?:want(?:s|ed|ing)?|wish(?:ed|ing)?|ready|hop(?:ed|ing)|pray(?:ed|ing)|long(?:ed|ing)|begg(?:ed|ing)|"
    rf"plans?|planned|planning|decided|try|tried|trying|attempted|tempted|going|gonna|about|urges?|reasons\snot)\s"
    rf"(?:\w+\s)?to\s(?:just\s)?{_END}\b|"
    rf"\b(?:thoughts?|thinking|think|thought|considered|considering|consider|contemplat\w+|planned|planning|plans?|"
    rf"feelings?|fantasi\w+|dream\w*|obsess\w*|attempted|attempting|tried)\s(?:\w+\s)?(?:of\s|about\s|for\s)?(?:just\s)?"
    rf"{_ENDING}\b|"
    r"\b(?:struggl\w+|wrestl\w+|battl\w+|dealt|dealing|deal|suffer\w*|fought|fighting|live|lived|living)\s(?:with\s|from\s)?"
    r"(?:\w+\s)?(?:suicidal|thoughts\sof\ssuicide|suicide)\b|"
    r"\b(?:don't|dont|do\snot|didn't|didnt|did\snot|no\slonger|never)\s(?:really\s|even\s|just\s)?want(?:ed)?\sto\s(?:go\s"
    r"on|live|be\s(?:alive|here\sany\s?(?:more|longer))|wake\sup|see\s(?:the\ssun|another\sday|tomorrow|the\smorning))\b|"
    r"\bwould(?:'ve|\shave)\sended\sit\s(?:if|had|without|then|that|all)\b|"
    r"\bon\ssuicide\swatch\b|\breasons\s(?:\w+\s)?not\sto\s(?:kill\smyself|die|end\sit|do\sit)\b|"
    r"\b(?:hold(?:ing)?|hang(?:ing)?)\son\s(?:much|any)\slonger\b|\bmuch\slonger\si\s(?:can|could)\s(?:hold\son|go\son|"
    r"take\s(?:it|this)|do\sthis|keep\s(?:going|fighting|this)|stay\salive|last)\b|"
    r"\bout\sof\sliving\b|\b(?:found\smyself|sat|stood|sitting|standing|ended\sup)\s(?:\w+\s){0,2}(?:holding|with)\s"
    r"(?:the|a|my)\s(?:gun|pistol|pills|rope|knife|blade|razor|bottle\sof\spills)\b"
)
"""What is said of whoever the sentence spoke of last, which has to be the writer."""

TOPIC: Final = (
    r"\bsuicid\w*|\bkill(?:ed|ing|s)?\s(?:him|her|them|your|my|our|one)sel(?:f|ves)\b|\b(?:took|take|taking|"
    r"takes|taken|end|ended|ending)\s(?:his|her|their|your|my|one's|our)\s(?:own\s)?li(?:fe|ves)\b|"
    r"\b22\s(?:a|per)\sday\b|\b22\svet\w*|\bcrisis\s(?:line|hotline)\b|\bsuicide\shotline\b|\bptsd\b|"
    r"\bbehaviou?ral\shealth\b|\bpsych\s(?:ward|unit)\b|\bhotline\b|\bdark(?:est)?\s(?:place|places|thoughts|times?|"
    r"days?|hours?)\b|\bdepress(?:ion|ed|ive)\b|\bdemons\b"
)
"""What a text speaks of where the sayings below mean what they seem to."""

BESIDE: Final = (
    r"\b(?:i|i've|i\shave|have)\s(?:\w+\s)?been\s(?:there(?:[.,;!]|\smyself|\stoo|\sand|\sbefore|\smore|"
    r"\sseveral|\sonce|\stwice|$)|(?:in|at|to|down)\s(?:that|those|the\ssame|this|a\sdark|some\sdark|the\s"
    r"dark\w*|your|their|his|her)\s(?:\w+\s)?(?:place|places|spot|shoes|point|road|path|boat|position|edge|"
    r"bottom|hole))|"
    r"\b(?:almost|nearly|about\sto|ready\sto|close\sto)\s(?:just\s|simply\s)?(?:gave|give|giving)\sup(?:[.,;!]|"
    r"\son\s(?:life|everything|it\sall|living|myself)|\scompletely|\smany|\smore|\sonce|\stwice|\sand\b|\s-|$)|"
    r"\bsaved\smy\slife\b|\b(?:he|she|they|it|who|has|had)(?:'s|'ve)?\ssaved\smy\s(?:own\s)?life\b|"
    r"\bi(?:'ve|\shave|'d|\shad|\swas|\sam|'m)?\s(?:\w+\s){0,2}(?:thought|think|thinking|considered|consider|"
    r"considering|contemplated|contemplating|tried|attempted|planned|planning|fantasi[sz]ed|came\sclose|"
    r"close)\s(?:about\s|of\s|to\s|doing\s)*(?:it|that|doing\sit|ending\sit|this)(?:[.,;!)]|\smyself|\stoo|\sonce|"
    r"\stwice|\smany|\smore|\sseveral|\sa\sfew|\severy|\safter|\sbefore|\sat\s(?:one|times)|\sas\swell|$)|"
    r"\bi\s(?:\w+\s){0,2}(?:almost|nearly|didn't|couldn't|could\snot|tried\sto|wanted\sto|went\sto)\s(?:\w+\s)?"
    r"pull(?:ed)?\s(?:the|that)\strigger\b|\bmy\s(?:finger|hand)\s(?:was\s)?on\sthe\strigger\b|"
    r"\b(?:talked|pulled|brought|walked)\sme\s(?:down|off|back|out)\s(?:from\s|off\s|of\s)?(?:it|doing|the|that|a)\s?"
    r"(?:ledge|edge|roof|bridge|cliff|brink)?|"
    r"\b(?:on|at|over|near|to)\s(?:the|that)\s(?:edge|ledge|brink|end\sof\smy\srope)\b[^.!?\n]{0,30}\b(?:i|me|my|"
    r"myself)\b|\bi\b[^.!?\n]{0,30}\b(?:on|at|over|near|to)\s(?:the|that)\s(?:very\s)?(?:edge|ledge|brink|end\sof\s"
    r"my\srope)\b|"
    r"\bi\s(?:\w+\s){0,3}(?:called|dialed|texted|used)\s(?:\w+\s){0,2}(?:crisis\sline|hotline|helpline|988|crisis\s"
    r"hotline)(?:[.,;!)]|\s(?:and|when|one|that|because|last|at|once|twice|myself|who)\b|$)|"
    r"\bi(?:'d|\shad|\swas)?\s(?:\w+\s){0,2}(?:made|making|had|formed)\s(?:a|the|my)\splan(?:[.,;!]|\sand|$)|"
    r"\bmy\s(?:own\s|first\s|second\s|last\s|only\s|failed\s|previous\s)*attempts?(?:[.,;!?)]|\s(?:i|in|was|were|failed|when|and|"
    r"at\s(?:age|\d+)|with|by|ended|left)\b|$)|"
    r"\b(?:took|take|taking|choose|chose|considered)\s(?:the|that)\s(?:easy\s|same\s|only\s)?(?:way\sout|route|exit)\b"
    r"[^.!?\n]{0,30}\b(?:i|me|myself)\b|\bi\b[^.!?\n]{0,30}\b(?:took|take|taking|choose|chose|considered)\s(?:the|"
    r"that)\s(?:easy\s|same\s|only\s)?(?:way\sout|route|exit)\b|"
    r"\bi\s(?:\w+\s){0,3}(?:wasn't|was\snot|weren't)\s(?:going\sto|gonna)\s(?:make\sit|survive|be\shere)\b|"
    r"\bi\s(?:\w+\s){0,2}(?:resident|patient|inpatient|admitted|hospitali[sz]ed|committed)\s(?:\w+\s){0,3}(?:behaviou?r\w*|"
    r"psych\w*|mental)\b|"
    r"\b(?:struggl\w+|battl\w+|fight\w*|fought|dealt|deal\w*|liv\w+|wrestl\w+)\s(?:with\s)?(?:\w+\s)?(?:these|"
    r"those|such|the\ssame|this|that|suicidal|dark)\s(?:thoughts?|feelings?|demons|urges?)\b|"
    r"\bi(?:'ve|\shave|'d|\shad)?\s(?:\w+\s)?(?:struggled|wrestled|battled|dealt|lived|fought|struggle|wrestle|battle|"
    r"deal)\swith\s(?:it|this|that|suicide|these)\b|\bsomething\si(?:'ve|\shave)?\s(?:\w+\s)?(?:struggled?|wrestled?|"
    r"battled?|dealt|deal|lived?|fought)\swith\b|\bi\s(?:\w+\s)?(?:wouldn't|would\snot)\s(?:be\s(?:here|alive|around|"
    r"typing|writing|sitting|talking)|have\smade\sit)\b|\bi\s(?:\w+\s)?(?:nearly|almost)\s(?:followed|joined)\s(?:him|"
    r"her|them)\b|\bi\s(?:\w+\s)?(?:nearly|almost)\s(?:did|had\sdone)\sit\b|\b(?:nearly|almost)\sdid\sit\s(?:right|"
    r"that|then|once|myself|too|last)\b|\bi(?:'ve|\shave)?\s(?:\w+\s)?(?:made|had)\s(?:\w+\s){1,2}attempts\b"
)
"""Sayings that mean it only beside `TOPIC`."""

THEY_ARE: Final = (
    r"^\s(?:callers?|people|persons?|patients?|clients?|kids?|teens?|teenagers?|veterans?|vets?|"
    r"soldiers?|marines?|sailors?|airmen|students?|friends?|youth|men|women|members?|individuals?|"
    r"others|folks|brothers?|sisters?|partner|spouse|wife|husband|daughter|son|child|mother|father|mom|"
    r"mum|dad|roommate|boyfriend|girlfriend|ex|prevention|awareness|rates?|hotlines?|lines?|statistics|stats|"
    r"intervention|training|bomb\w*|squad|briefings?|in\sthe\s(?:military|army|ranks|service)|among)\b"
)
"""What comes after "suicidal" or "suicide" where it is about others, or about the topic."""

_HINTS: Final = {
    "core": (
        "to die|dead|suicid|ending|ended it|end it|end my|end everything|kill myself|"
        "killing myself|found myself|my life|my own life|dying|not be here|not be alive|exist|"
        "wake up|waking|not live|to live|go on|be here|be alive|be around|the sun|"
        "another day|see tomorrow|see the morning|disappear for|longer|of living|"
        "gun|pistol|pills|rope|knife|blade|razor|not being|to end|to just end"
    ),
    "active": (
        "gun|pistol|rifle|revolver|glock|sidearm|weapon|barrel|9mm|9 mm|.45|.38|.357|my head|"
        "my brain|my skull|cliff|bridge| tree| wall| pole| semi|a bus|the bus| river"
    ),
    "suicidal": (
        "of the 22|twenty-two|twenty two|statistic|trust myself|keeping me|keeps me|kept me|"
        "stopping me|stops me|stopped me|survivor of|feel safe|not safe|if i w|if i had|to do it"
    ),
    "passive": (
        "make it to |make it til|make it unt|make it thr|no tomorrow|"
        "not being|point in|point of|point to|point for|reason in|reason to|reason of|reason for|"
        "rather be|asleep|sleep and n|sleep and s|sleep and d|"
        "move on|be fine|be ok|over it|wasn't here|weren't here|"
        "wasn't around|weren't around|no longer|care whether|quit life|of life|woke up|"
        "not wake|to wake|had a gun|had a pistol|do life|do this life|hits me|hit me|over me|"
        "takes me|kills me|crush|let me die|let me bleed|insurance"
    ),
    "self_harm": "scars",
    "means": (
        "glock|sidearm|weapon|9mm|9 mm|.45|.38|.357|bottle|benadryl|to die|garage|"
        "kill myself|hang myself|end my life|"
        "to overdose|written|tell my|through the|through this|through an|through one|"
        "through tonight|i'll be|i will be|i'll still|i will still|"
        "do this any|painful way|painless|given my|gave my|giving my|away my"
    ),
    "topic": (
        "suicid|kill|his life|his lives|his own life|his own lives|her life|her lives|"
        "her own life|her own lives|their life|their lives|their own life|their own lives|"
        "your life|your lives|your own life|your own lives|my life|my lives|my own life|"
        "my own lives|one's life|one's lives|one's own life|one's own lives|our life|"
        "our lives|our own life|our own lives|22 a|22 p|22 v|crisis|ptsd|ral health|psych ward|"
        "psych unit|hotline|dark|depress|demons"
    ),
}
HINTS: Final = {kind: tuple(letters.split("|")) for kind, letters in _HINTS.items()}
"""Letters as in `crisis_words.HINTS`; "topic" are those of `TOPIC`."""
