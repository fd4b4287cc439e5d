"""How people say that they are in danger, as patterns over small letters.

The kinds of saying, and which of them weigh more, follow the Columbia scale (C-SSRS: wish to be
dead, thoughts, method, intent, plan, behaviour; Posner and others, 2011, Am J Psychiatry 168:1266)
and the words found typical of online disclosures by Jashinsky and others (2014, Crisis 35:51),
O'Dea and others (2015, Internet Interventions 2:183) and Shing and others (2018, CLPsych).
Perceived burden and lost belonging are Joiner's (2005). Negation and telling apart who it is about
follow NegEx and ConText (Chapman and others, 2001; Harkema and others, 2009). The words themselves
were written for this project.
"""

from __future__ import annotations

from typing import Final

# What may stand between "I" and what is said: the small words of wanting, trying and thinking.
# Somebody else between the two ("I had a friend who") breaks the chain.
_LINK: Final = (
    r"(?:want(?:s|ed|ing)?|wanna|wish(?:ed)?|going|gonna|gunna|gon|boutta|finna|bout|about|ready|"
    r"plan(?:s|ned|ning)?|think(?:ing)?|thought|thoughts|consider(?:ed|ing)?|contemplat(?:e|ed|ing)|"
    r"tr(?:y|ied|ying)|attempt(?:ed|ing)?|decid(?:e|ed|ing)|feel(?:ing|s)?|felt|like|need(?:ed)?|"
    r"have|had|has|having|used|went|been|be|being|am|was|were|'m|'ve|to|of|on|just|really|still|even|also|"
    r"actually|seriously|honestly|truly|only|almost|nearly|often|always|sometimes|constantly|so|"
    r"very|too|pretty|keep|kept|start(?:ed|ing)?|begun|began|might|may|could|would|should|will|can|"
    r"must|do|did|ever|once|twice|literally|basically|probably|maybe|urges?|idea|tempted|close|"
    r"fantasi[sz](?:e|ed|ing)|dream(?:ed|t|ing)?|imagin(?:e|ed|ing)|daydream(?:ed|ing)?|up|a|the|"
    r"my|an|at|how|and|or|stop|stopping|help|hopeless|scared|afraid|terrified|that|it|this|i|i'm|"
    r"i'd|i'll|im|ill|go|gone|again|now|today|tonight|prefer|rather|better|every|everyday|day|days|"
    r"night|time|much|some|frequent|intrusive|dark|bad|not|don't|dont|didn't|didnt|won't|wont|"
    r"never|can't|cant|cannot|couldn't|wouldn't|wouldnt|haven't|isn't|wasn't|no|longer|any|more|"
    r"anymore|depressed|anxious|lonely|alone|homeless|desperate|numb|empty|worthless|miserable|"
    r"severely|deeply|extremely|passively|actively|chronically|mildly|currently|previously|become|"
    r"became|becoming|got|get|getting|in|struggl(?:e|ed|ing)|with|deal(?:t|ing)?|suffer(?:ed|ing)?|"
    r"from|since|for|years?|months?|weeks?|lately|recently|known|when|because|but|if|well|oh|god|"
    r"promise|swear|guess|know|knew|sure|myself|considered|seriously|through|out|past|point|where|"
    r"end|place|way|two|three|many|several|multiple|times|last|this|morning|week|year|month|"
    r"drank|sat|laid|lay|diagnosed|hospitali[sz]ed|admitted|inpatient|life|all|most|been)"
)
_I: Final = (
    r"\b(?:i|i'm|im|i've|ive|i'd|i'll|(?:mak(?:e|es|ing)|made)\sme|"
    r"part\sof\sme|my\s(?:brain|head|mind)\s(?:keeps?\stelling\sme|tells?\sme))"
)
_CHAIN: Final = rf"(?:[\s,;.\-]+{_LINK}\b)*[\s,;\-]+"
_SENTENCE_START: Final = r"(?:^|[.!?\n;:,]\s*)"

_A_PLACE: Final = r"(?:(?:a|an|the|my|this|that|some|of|our|\w+)\s){0,3}"
_METHOD_SELF: Final = (
    r"(?:hang|hung|hanged|hanging|shoot|shot|shooting|drown|drowned|drowning|poison|poisoned|"
    r"poisoning|gas|gassing|stab|stabbing|strangle|strangling|suffocate|suffocating|electrocute)\s"
    r"myself|starv(?:e|ing)\smyself\sto\sdeath|"
    r"(?:slit|slitting|slash|slashing|slice|slicing|open|opening)\smy\s(?:own\s)?"
    r"(?:wrists?|throat|veins)|cut(?:ting)?\smy\s(?:own\s)?(?:wrists|throat|veins)|"
    r"bl(?:ow|ew|owing)\smy\s(?:own\s)?(?:brains|head)\sout|"
    r"put(?:ting)?\sa\s(?:bullet|gun)\s(?:in|through|to)\smy\s(?:own\s)?(?:head|brain|skull|mouth)"
)
_METHOD_BARE: Final = (
    rf"(?:jump|jumped|jumping|leap|leaping|throw(?:ing)?\smyself)\s(?:off|from|out\sof|in\sfront\sof|"
    rf"under|into)\s{_A_PLACE}(?:bridge|building|roof|rooftop|cliff|window|balcony|ledge|train|bus|"
    rf"truck|traffic|overpass|parking\s\w+|tower|tracks|floor)|"
    rf"(?:step|stepping|walk|walking|lie\sdown|lying\sdown|run|running)\s(?:in\sfront\sof|into|on)\s"
    rf"{_A_PLACE}(?:train|traffic|truck|tracks|ocean|sea|river)|"
    rf"(?:drive|driving|crash|crashing|steer|swerve)\s(?:(?:my|the)\scar\s)?(?:off|into)\s{_A_PLACE}"
    r"(?:bridge|cliff|road|tree|wall|pole|river|traffic|truck|overpass)|"
    r"(?:took|taken|take|taking)\s(?:an|another)\soverdose|(?:overdose|overdosed|overdosing|od|od'd|od'ing)|"
    r"(?:take|taking|swallow|swallowing|down|downing)\s(?:all|every|a\s(?:whole|full|entire)|the\s"
    r"(?:whole|entire)|too\smany)\s(?:(?:of|my|the|these|those|bottle|box|pack|last|\w+)\s){0,4}"
    r"(?:pills?|meds|tablets?|medications?|painkillers)"
)
METHOD: Final = rf"\b(?:{_METHOD_SELF}|{_METHOD_BARE})\b"
"""Ways, as a part of what somebody says they want or plan."""

_KILL_SELF: Final = (
    r"(?:kill|killing|killed|kil|kll|off|offing|unalive|unaliving|end|ending|murder)\s"
    r"(?:my\s?self|mself|mysel)|"
    r"(?:end|ending|ended|take|taking|took|taken|finish|finishing)\smy\s(?:own\s)?life|"
    r"(?:end|ending|ended)\smy\s(?:suffering|misery|existence)|do(?:ing)?\smyself\sin|"
    r"do(?:ing)?\saway\swith\smyself|(?:attempt|attempts|attempted)\son\smy\s(?:own\s)?life"
)
_KILL_BARE: Final = (
    r"kms|unalive|(?:end|ending|ended)\s(?:it\sall|everything|it\sfor\sgood|things\sfor\sgood|"
    r"it\s(?:tonight|today|now|tomorrow|soon))|end(?:ing)?\sit|commit(?:ting|ted|ed)?\ssuicide|"
    r"(?:attempt|attempting|attempted|tried|try|trying)\ssuicide|"
    r"(?:of|about|considering|considered|consider|contemplating|contemplated|contemplate|planning|"
    r"planned|plan)\s(?:my\s)?(?:own\s)?(?:suicide|sewerslide|self\s?deletion|checking\sout\sfor\sgood)"
)
_HARM_SELF: Final = (
    r"(?:hurt|hurting|harm|harming|cut|cutting|burn|burning|injure|injuring)\smyself|"
    r"self[\s-]?harm(?:ing)?"
)
ACTIVE: Final = (
    rf"{_I}{_CHAIN}(?:{_KILL_SELF}|{_KILL_BARE}|{_METHOD_SELF}|{_METHOD_BARE}|{_HARM_SELF})\b|"
    rf"\b(?:{_KILL_SELF}|{_METHOD_SELF})\b|"
    rf"{_SENTENCE_START}(?:(?:just|really|honestly|seriously|kinda|so|been|still|always)\s)*"
    rf"(?:want\sto|wanna|gonna|going\sto|thinking\s(?:of|about)|thoughts\sof|feel\slike|about\sto|"
    rf"tempted\sto|ready\sto|planning\s(?:to|on))\s(?:just\s)?(?:{_KILL_BARE}|{_METHOD_BARE}|"
    rf"{_HARM_SELF})\b"
)
"""Doing it: wanted, thought of, tried or planned. Who says it is asked afterwards."""

_IDEATION: Final = (
    r"(?:suicid(?:al|e)\s(?:thoughts?|ideations?|feelings?|urges?|tendenc(?:y|ies)|thinking|"
    r"attempts?|plans?|notes?|crisis|episodes?|impulses?|phase|period|spell|state)|"
    r"(?:thoughts?|feelings?|urges?|plans?)\s(?:of|about|for)\s(?:suicide|dying|death|"
    r"killing\smyself|ending\s(?:it|my\slife)|self[\s-]?harm)|attempted\ssuicide|"
    r"suicide\ssurvivor|attempt\ssurvivor|survivor\sof\s(?:a\s)?suicide|survived\s(?:a|my|two|three|"
    r"several|multiple)?\s?suicide)"
)
SUICIDAL: Final = (
    rf"{_I}{_CHAIN}(?:suicidal|sui)\b|\bmy\s(?:\w+\s){{0,3}}{_IDEATION}|"
    rf"\b(?:i|i'm|im|i've|me|my)\b[^.!?\n]{{0,70}}\b{_IDEATION}|"
    rf"\b{_IDEATION}\s(?:that\s)?(?:i|i've|i'm)\b|{_SENTENCE_START}(?:\w+\s)?(?:feeling|been)\s"
    r"(?:\w+\s)?suicidal\b|"
    r"\bas\s(?:somebody|someone|a\s\w+|one|a\sperson)\swho(?:'s|\shas|\shave|\swas|\sis|\salso|"
    r"\sbeen|\sonce|\stried|\sto|\sattempted|\sstruggles?|\sstruggled|\swith|\sdealt|\sboth){0,5}\s"
    r"(?:suicidal|suicide|kill|end)\b|"
    r"\b(?:danger|harm|risk|threat)\sto\smyself\b|"
    r"\bsuicidal\s(?:thoughts|urges|feelings|ideation)\b[^.!?\n]{0,40}\bme\b|"
    r"\bmy\s(?:\w+\s)?attempt\s(?:was|in|failed|happened|at\s\d+)\b|"
    r"\bi(?:\shave|'ve)?\sattempted\s(?:once|twice|\w+\stimes?|at\s\d+|in\s(?:19|20)\d\d)\b|"
    rf"\b{_IDEATION}[^.!?\n]{{0,30}}\b(?:caused|made|got|sent|landed|put)\sme\b"
)
"""Being suicidal: as what one is, has, had or survived."""

_NOT_BE: Final = (
    r"(?:die|be\sdead|been\sdead|dead|dying|drop\sdead|not\s(?:exist|be\salive|wake\sup|be\shere\s"
    r"any\s?more|be\saround\sany\s?more|live)|stop\s(?:existing|living|being\salive)|"
    r"cease\sto\sexist|disappear(?:\sforever|\sfor\sgood)|disappear\sand\snever\s(?:come\sback|return|be\sfound)|vanish\sforever|never\s(?:wake\sup|"
    r"(?:been|be|was|were)\sborn|existed|have\sbeen\sborn)|sleep\sforever|"
    r"(?:go\sto\ssleep|fall\sasleep)\sand\s(?:never|not)\swake(?:\sup)?|leave\sthis\s(?:world|earth|"
    r"life)|not\salive|wasn't\s(?:here|alive|born)|weren't\s(?:here|alive|born)|"
    r"died|(?:had|have)\sdied|be\sgone|didn't\s(?:exist|wake\sup)|wouldn't\s(?:wake\sup|exist)|don't\swake\sup|won't\swake\sup|"
    r"hadn't\s(?:been\sborn|woken\sup|survived)|be\sgone\sforever|kill\sme|take\sme)"
)
_WISH: Final = (
    r"(?:want(?:s|ed|ing)?|wanna|wish(?:es|ed|ing)?|hop(?:e|ed|ing)|pray(?:ed|ing)?|deserve(?:d)?|"
    r"need(?:ed)?|ready|prefer|rather|like|better|should|supposed|wait(?:ed|ing)|beg(?:ged|ging)?|"
    r"thinking|think|thoughts|thought|feel|about|of)"
)
_FILL: Final = (
    r"(?:\s(?:to|i|i'd|i'll|i'm|it|would|could|can|was|were|just|had|have|be|god|that|for|god's|"
    r"then|tonight|every|day|night|each|time|if|we|and|some|so|bad|badly|really|please|"
    r"simply|only|somehow|someone|somebody|something|death|would))*"
)
PASSIVE: Final = (
    # wanting to be dead, or not to be
    rf"{_I}{_CHAIN}{_WISH}{_FILL}\s{_NOT_BE}\b|{_SENTENCE_START}(?:just|really|honestly|so|i)?\s?"
    rf"(?:want|wanna|wish)\s(?:to|i|i'd|i\swas|i\swere)\s{_NOT_BE}\b|"
    rf"{_SENTENCE_START}(?:just\s|really\s)*(?:wanna|want\sto|wish\si\s(?:was|were|could))\s(?:just\s)?"
    rf"{_NOT_BE}\b|"
    r"\bwhy\s(?:can't|cant|couldn't|can\snot)\si\s(?:just\s)?(?:die|be\sdead|disappear|have\sdied)\b|"
    r"\b(?:i|my)\b[^.!?\n]{0,60}\b(?:think|thinking|thought|thoughts|dream\w*|fantasi\w+|imagin\w+)\s"
    r"(?:about|of)\s(?:dying|killing\smyself|ending\smy\slife|not\s(?:waking\sup|being\salive|"
    r"existing|living))\b|"
    r"\b(?:fantasi[sz]\w+|dream\w*|think\w*|thought\w*|imagin\w+|plann?\w*|obsess\w*)\s(?:about\s|of\s)?my\s"
    r"own\s(?:death|funeral)\b|\bi(?:'ll|\swill)\s(?:soon\s)?be\sdead\b|"
    r"\b(?:don'?t|do\snot|no\slonger|didn't|without)\s(?:have\s)?(?:the\s|any\s)?(?:strength|energy|courage|"
    r"power)\s(?:left\s)?to\s(?:live|go\son|keep\s(?:living|going)|carry\son|be\salive)\b|"
    rf"\bmak(?:e|es|ing)\sme\s(?:\w+\s)?(?:want|wanna|wish)(?:\sto|\si|\swas|\swere)*\s{_NOT_BE}\b|"
    r"\bi(?:'d|\swould)\sbe\s(?:\w+\s)?better\soff\s(?:dead|gone)\b|\bi(?:'m|\sam|m)?\s(?:\w+\s)?"
    r"better\soff\sdead\b|\bi\s(?:\w+\s)?shouldn't\s(?:be\salive|exist|be\shere\sany\s?more)\b|"
    rf"\b(?:wish(?:ing|ed)?|hop(?:e|ing|ed)|pray(?:ing|ed)?)\s(?:\w+\s){{0,2}}i(?:'d)?\s(?:\w+\s){{0,2}}"
    rf"{_NOT_BE}\b|\b(?:i|my)\b[^.!?\n]{{0,40}}\bwanting\sto\s{_NOT_BE}\b|"
    rf"\b(?:easy|easier|better|nicer?|peaceful|relief|best)\s(?:it\swould\sbe\s)?(?:to|if\si(?:'d)?)\s"
    rf"(?:just\s|could\s|were\s|was\s|simply\s)*(?:{_NOT_BE}|not\sbe\shere|end\sit)\b|"
    r"\bwhy\s(?:am\si|i'm)\s(?:even\s|still\s)+(?:alive|living)\b|"
    r"\b(?:living|life|being\salive|existing)\s(?:is|feels|has\sbecome)\s(?:(?:just|so|too|way)\s)*"
    r"(?:painful|unbearable|torture|pointless|hopeless|meaningless|too\smuch\sfor\sme)\b|"
    # not wanting to live
    r"\b(?:don't|dont|do\snot|didn't|didnt|did\snot|not|no\slonger|never|stopped)\s(?:(?:really|even|"
    r"just|truly|honestly|particularly|think\si|know\sif\si)\s)*(?:want|wanna|wanted|wanting|deserve|care|wish|feel\slike|"
    r"plan|expect|intend)(?:\s(?:to|if|whether|about|i|on|be))*\s(?:live|living|alive|exist|existing|"
    r"wake\sup|waking\sup|(?:here|around)\sany\s?more|continue\s(?:living|on)|live\sor\sdie|"
    r"stay\salive|see\stomorrow|make\sit\sto\s\w+|go\son\sliving|survive|"
    r"on\sthis\s(?:earth|planet)(?:\sany\s?more)?)\b|"
    r"\b(?:don't|dont|can't|cant|couldn't|no\slonger)\s(?:\w+\s)?see\s(?:a|any|the|much)\s(?:point|"
    r"reason)\s(?:in|to|of)\s(?:living|live|going\son|go\son|being\salive|being\shere|life|existing|"
    r"keep\sgoing|staying\salive)\b|"
    r"\b(?:no|any|lost\s(?:my|all|the|any)|without\sa|a|one|single|find|finding|out\sof|what's\sthe|is\sthe)\s"
    r"(?:real\s|good\s|single\s)?(?:reasons?|point|will|purpose|desire)\s(?:left\s)?(?:to|in|for|of)\s"
    r"(?:live|living|go\son|going\son|keep\sgoing|be\salive|being\salive|stay\salive|staying\salive|"
    r"exist|existing|life)\b|"
    r"\bnothing\s(?:left\s)?(?:to\slive|worth\sliving)\b|\bnothing\sleft\sfor\sme\b|"
    r"\b(?:tired|sick|exhausted|done|fed\sup|weary|over|hate|hating)\s(?:of\s|with\s)?(?:living|being\s"
    r"alive|existing|waking\sup\severy|my\sexistence|fighting\sto\sstay\salive)\b|"
    r"\b(?:tired|sick|done)\s(?:of|with)\s(?:this\s|my\s)?life\b|"
    r"\blife\s(?:just\s)?(?:is\snot|isn't|isnt|ain't|is\sno\slonger|not)\s(?:really\s)?worth\s"
    r"(?:living|it|the)\b|\bnot\sworth\sliving\b|"
    # a burden; nobody would mind
    r"\bbe\s(?:\w+\s){0,2}(?:better|happier|fine|relieved)\s(?:off\s)?(?:without\sme|if\si\s(?:was|were|wasn't|weren't|died|just\s"
    r"died|disappeared|killed|am|am\snot|didn't))|\bbetter\s(?:off\s)?without\sme\b|"
    r"\b(?:no\sone|nobody|noone|wonder\sif\sanyone|anyone|anybody)\s(?:\w+\s){0,2}(?:miss\sme|care|notice)\s?"
    r"(?:if\si\s(?:died|was\sgone|were\sgone|was\sdead|were\sdead|disappeared|killed|wasn't|weren't|"
    r"die|ended)|when\si(?:'m|\sam)\s(?:gone|dead))|\b(?:nobody|no\sone)\s(?:would|will)\smiss\sme\b|"
    r"\bi(?:'m|\sam|m)\s(?:\w+\s){0,3}burden\s(?:to|on)\s(?:every|my|all|the|them|others|people)\w*\b|"
    r"\b(?:disappointed|sad|sorry|angry|upset|mad|hate|regret|gutted)\s(?:that\s)?(?:i(?:'m|\sam)\sstill\s"
    r"(?:alive|here)|i\s(?:survived|woke\sup\sagain))\b|"
    r"\bhate\s(?:that\s)?i\s(?:wake|woke)\sup\s(?:every|at\sall|alive|again)\b|"
    r"\bwish\s(?:\w+\s){0,4}(?:had\s)?killed\sme\b|"
    r"\bit\sshould(?:'ve|\shave)\sbeen\sme\s(?:who\sdied|that\sdied|and\snot|instead)\b|"
    # cannot go on; wanting an end
    r"\bi\s(?:really\s|just\s|honestly\s|simply\s)*(?:can't|cant|cannot|can\snot|couldn't|don'?t\sthink\s"
    r"i\scan|don't\sknow\sif\si\scan|don't\sknow\show\sto)\s(?:go\son|keep\sliving|live\slike\sthis|"
    r"keep\sgoing|live\sany\s?more|carry\son|live\swith\smyself|keep\sfighting)\b|"
    r"\bwant(?:ed)?\s(?:it|everything|this|my\slife|the\spain|the\ssuffering|the\shurt)\sall\s"
    r"to\s(?:end|stop|be\sover)\b|"
    r"\b(?:giv(?:e|ing|en)|gave)\sup\s(?:on\s)?(?:life|living|my\slife|the\swill)\b|"
    r"\b(?:final|only|easy)\sway\sout\s(?:is|was|of\sthis\slife)\b|"
    r"\b(?:death|suicide|dying)\s(?:is|was|seems?|feels?|looks?|would\sbe)\s(?:like\s)?(?:the\s|my\s)"
    r"(?:only|best|easiest)\s(?:way|option|choice|answer|escape|solution)"
)
"""Wishing to be dead, or not to be here; seeing no reason to live."""

SELF_HARM: Final = (
    r"\bi(?:'ve|\shave|'m|\sam|\swas|\sjust|\sstarted|\skeep|\skept|\sstill|\salso|\sused\sto|"
    r"\sbeen|\sgo\sback\sto|\srelapsed\sand|\ssometimes|\soften|\sgot|\sback)*\s(?:cut|cutting|"
    r"burned|burning|burnt|hurting|harming|harmed|scratching|hitting|punishing)\s(?:my\s?self|my\s"
    r"(?:arms?|wrists?|thighs?|skin|legs))\b|"
    r"\b(?:i|i'm|im|i've|my|me)\b[^.!?\n]{0,50}\bself[\s-]?harm(?:s|ed|ing|er)?\b|"
    r"\b(?:started|been|back\sto|keep|kept|relapsed\sinto)\scutting\s(?:again|since|every|because|to\s"
    r"(?:cope|feel)|at\snight)\b|"
    r"\brelapsed?\s(?:in|into|with|on)\s(?:cutting|self[\s-]?harm\w*)"
)
"""Hurting oneself, without a word of dying."""

_DRUGS: Final = (
    r"(?:pills?|meds|medications?|tablets?|painkillers?|sleeping\spills|antidepressants?|"
    r"paracetamol|tylenol|acetaminophen|ibuprofen|aspirin|xanax|insulin|opioids?|oxy\w*|fentanyl)"
)
MEANS: Final = (
    rf"(?:\bi(?:'ve|\shave|\sjust|\salready|'ve\sjust)*\s|{_SENTENCE_START}(?:just\s|already\s)?)(?:took|taken|swallowed|downed|ate)\s"
    rf"(?:all|a\s(?:whole|full|entire|bunch|lot|handful|bottle|load)|too\smany|the\s(?:whole|entire|"
    rf"rest)|\d{{2,3}}|(?:twenty|thirty|forty|fifty|sixty)|every)\s?(?:(?:of|my|the|bottle|box|pack|"
    rf"whole|last|\w+)\s){{0,4}}{_DRUGS}\b|"
    rf"\b(?:down|downed|took|swallowed)\s(?:a\s)?(?:another\s)?handful\s(?:of\s)?(?:my\s)?{_DRUGS}\b|"
    rf"\b{_DRUGS}\b[^.!?\n]{{0,30}}\b(?:ready|going|about|gonna|planning|plan|want|tempted)\sto\s"
    r"(?:take|swallow|down|end|use)\b|"
    rf"\bi(?:'ve|\shave|'m|\sam|\sgot)?\s(?:\w+\s){{0,6}}(?:saving|saved|stockpil\w+|hoarding|hoarded)\s"
    rf"(?:up\s)?(?:\w+\s){{0,3}}{_DRUGS}\b|"
    r"\bi\s(?:\w+\s){0,3}(?:put|pointed|held|holding|have|had|got|pressed)\s(?:\w+\s){0,2}(?:gun|"
    r"pistol|barrel|rifle|shotgun|revolver|blade|knife|razor)\s(?:\w+\s){0,2}(?:in|to|on|against|at)\s"
    r"my\s(?:own\s)?(?:mouth|head|temple|throat|wrists?|chest|chin)\b|"
    r"\b(?:gun|pistol|barrel)\s(?:was\s|is\s)?in\smy\s(?:own\s)?mouth\b|"
    r"\b(?:on|to|onto)\s(?:the|a)\s(?:roof|bridge|ledge|cliff)\b[^.!?\n]{0,50}\bjump(?:ed)?\b|"
    r"\b(?:my|the|a|dad's)\s(?:\w+\s){0,2}(?:gun|pistol|shotgun|rifle|pills|rope|razor|knife|blade)\s"
    r"(?:is\s|are\s)?(?:on\sthe\stable|in\smy\s(?:hand|lap)|next\sto\sme|in\sfront\sof\sme|beside\sme)\b"
    r"[^?\n]{0,80}\b(?:enough|sorry|done|goodbye|forgive|ready|can't|tired|over)\b|"
    r"\bi\s(?:just\s|have\s)?loaded\s(?:the|my)\s(?:\w+\s)?(?:gun|pistol|shotgun|rifle|revolver)\b"
    r"[^?\n]{0,80}\b(?:enough|sorry|done|goodbye|forgive|can't|tired|over)\b|"
    r"\b(?:rope|belt|noose|cord|sheet)\s(?:\w+\s)?around\smy\s(?:own\s)?neck\b|"
    r"\b(?:pills|tablets|painkillers)\s(?:are\s|were\s)?(?:all\s)?(?:counted|lined|laid)\s(?:out|up)\b|"
    r"\bon\s(?:the|a)\sroof\b[^!?\n]{0,60}\b(?:come\sdown|die|jump)\b|"
    r"\bi(?:'ve|\shave|'m|\sam|\sjust|\salready)*\s(?:tied|tying|made|making|bought|got|have|had)\s"
    r"(?:a|the|my)\snoose\b|"
    r"\bi(?:'m|\sam|\swas|'ve\sbeen|m)\s(?:\w+\s)?(?:standing|sitting|on|up|stood|sat)\s(?:\w+\s){0,3}"
    r"(?:the\s|a\s)(?:\w+\s)?(?:bridge|ledge|rooftop|train\stracks|tracks|railing|cliff)\b|"
    r"\b(?:wrote|writing|written|write|have|finished|left)\s(?:my|a|the|out\smy|some)\s(?:suicide|"
    r"goodbye|final|farewell)\s(?:notes?|letters?)\b|"
    r"\b(?:i\s)?(?:won't|wont|will\snot|not\sgoing\sto|not\sgonna)\sbe\s(?:here|alive|around)\s"
    r"(?:tomorrow|by\s\w+|much\slonger|any\s?more|next\s\w+|in\sthe\smorning|after\stonight)\b|"
    r"\bby\sthe\stime\s(?:you|anyone|someone|they)\s(?:read|see|find)s?\sthis\b|"
    r"\bthis\sis\s(?:my|the)\s(?:last|final)\s(?:post|message|goodbye|night|day\salive)\b|"
    r"\bi(?:'ve|\shave)?\s(?:\w+\s)?said\smy\s(?:final\s|last\s)?goodbyes\b|"
    r"\b(?:tonight|today|tomorrow)\s(?:is|will\sbe)\s(?:the|my\slast)\s(?:night|day)\b[^.!?\n]{0,20}"
    r"\b(?:alive|earth|i\sdie|do\sit|end)\b|\bi(?:'m|\sam|m)\sgoing\sto\sdo\sit\stonight\b"
)
"""A means at hand, a step taken, a goodbye: severe by themselves."""

_THEM: Final = (
    r"(?:him|her|them|someone|somebody|everyone|everybody|people|others|these\speople|"
    r"(?:all\sof|every\sone\sof|both\sof|one\sof)\s(?:them|you|these\s\w+)|my\s(?:own\s)?"
    r"(?:(?:ex|step|little|older|whole|newborn|elderly)[\s-]?)?(?:wife|husband|kids?|child(?:ren)?|baby|"
    r"son|daughter|boss|mother|father|mom|mum|dad|parents|family|brother|sister|neighbou?rs?|ex|"
    r"partner|roommate|co-?workers?|teachers?|classmates?|boyfriend|girlfriend|supervisor|landlord)|"
    r"(?:that|this|the)\s(?:man|woman|guy|girl|boy|person|bastard|bitch|asshole|one)(?:\swho)?|you)"
)
_ATTACK: Final = (
    r"(?:(?:kill(?:ing)?|murder(?:ing)?|stab(?:bing)?|shoot(?:ing)?|strangl(?:e|ing)|"
    r"poison(?:ing)?|hurt(?:ing)?|harm(?:ing)?|chok(?:e|ing)|smother(?:ing)?|drown(?:ing)?|"
    r"behead(?:ing)?|slit(?:ting)?\sthe\sthroat\sof)\s"
)
OTHERS: Final = (
    rf"\bi(?:'m|\sam|m|'ve|'d|'ll)?{_CHAIN}{_ATTACK}{_THEM})\b|"
    rf"\b(?:thoughts?|urges?|voices|fantas\w+|images|visions)\s(?:\w+\s){{0,4}}(?:of|about|to)\s"
    rf"{_ATTACK}{_THEM})\b|"
    rf"\b(?:i|i'm|im|i've|my|me)\b[^.!?\n]{{0,40}}\bhomicidal\b|"
    r"\bi(?:'m|\sam|m)?\s(?:\w+\s){0,4}(?:bring(?:ing)?|take|taking)\s(?:a|my|the)\s(?:gun|knife|rifle)\s"
    r"(?:to|into)\s(?:school|work|class|the\soffice)\b|\bshoot\sup\s(?:the|my|this|our)\s(?:school|"
    r"office|place|church|workplace)\b"
)
"""Danger to somebody else."""

# "Myself" by itself is in every twentieth message, and looking further costs as much as all else
# that is done for one. What stands before it is short, or "myself" itself written short.
_DONE_TO: Final = (
    "ing|kill|killed|kil|kll|off|unalive|end|murder|hang|hung|hanged|shoot|shot|drown|drowned|poison|"
    "poisoned|gas|stab|strangle|suffocate|electrocute|starve|do|away with|throw|take|hurt|harm|cut|"
    "burn|injure|picture|imagine|see|visualise|visualize"
)
_HARM_DONE_TO: Final = "ing|cut|burned|burnt|harmed"
_HINTS: Final = {
    "active": (
        f"{_DONE_TO.replace('|', ' mysel|')} mysel|my self|my life|my own life|suicide|kms|"
        "unaliv|sewerslide|end it|ending it|"
        "my wrist|my own wrist|my throat|my veins|brains out|head out|bullet|overdos| od |"
        "od'd|od'ing|traffic|tracks|my misery|my suffering|self harm|self-harm|selfharm|"
        "things for good|out for good|"
        "my existence|mself|self delet|ended it|jump|leap|in front of|train| river|"
        "ocean|the sea|truck|drive my|drive off|drive into|drive the|driving my|driving off|"
        "driving into|driving the|crash|swerve|steer|end everything|ending everything|"
        "ended everything|pill|tablet| meds|medication|painkiller"
    ),
    "suicidal": (
        "suicid| sui|to myself|attempt|about killing|of killing|about ending|of ending|"
        "of dying|about dying|about death|of death|survivor|self harm|self-harm"
    ),
    "passive": (
        "happier|waking|strength|energy|courage|own funeral|"
        "be fine without|relieved|about killing|of killing|about ending|of ending|"
        "die|dead|dying|exist|wake up|waking up|been born|was born|were born|be born|alive|"
        "live|living|disappear|vanish|forever|here anymore|here any more|around anymore|"
        "go on|in going on|to going on|for going on|of going on|keep going|"
        "without me|miss me|burden|up life|to end|to stop|be over|"
        "of life|with life|my life|this life|way out|suicide|death|survive|this earth|"
        "this planet|this world|kill me|take me|carry on|keep fighting|born|gone|killed me|"
        "been me who|been me that|been me and|been me inst|worth it|"
        "too much for me|painful|unbearable|torture|pointless|hopeless|meaningless|"
        "better if|better off|peaceful|relief|care if|notice if|left for me|up on life|"
        "up on living|up on my|up on the|see tomorrow|killed|be easy|be easier|be nice|"
        "be best|how easy|easy it"
    ),
    "self_harm": (
        f"{_HARM_DONE_TO.replace('|', ' mysel|')} mysel|my self|my arm|my wrist|my thigh|my skin|"
        "my leg|self harm|self-harm|selfharm|"
        "relapse|cutting"
    ),
    "means": (
        "overdose|roof|"
        "pill|meds|medication|tablet|painkiller|antidepressant|paracetamol|tylenol|"
        "acetaminophen|ibuprofen|aspirin|xanax|insulin|opioid|oxy|fentanyl|gun|pistol|barrel|"
        "rifle|revolver|blade|knife|razor|noose|rope|belt|cord|sheet|bridge|ledge|roof|"
        "tracks|railing|cliff|won't be|wont be|not be here|going to be here|gonna be here|"
        "be alive|be around|this is my|this is the|goodbyes|last night|last day|"
        "do it tonight|is the night|is the day|the time you|the time any|the time some|"
        "the time they|goodbye|suicide|farewell|final note|final letter"
    ),
    "others": (
        "kill|murder|stab|shoot|strangl|poison|hurt|harm|chok|smother|drown|homicid|behead|"
        "slit|gun |knife|rifle"
    ),
}
HINTS: Final = {kind: tuple(letters.split("|")) for kind, letters in _HINTS.items()}
"""For each kind of saying, letters of which one is in every text that says it."""
