"""Crisis: somebody says, of themselves, that they or another person are in danger.

Two severities. HIGH: a plan, a means or a time, an act under way, or danger to another. LOW:
thoughts of suicide or of hurting oneself, a wish to be dead. What lies in the past is told apart
(`Finding.past`) and never HIGH. Idiom ("dying to see you"), negation, what somebody else said, and
what is said about somebody else are told apart by the words around. English only.

No diagnosis and no score: it says where to look, and it misses much. docs/detection.md has figures.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from bot.detection import crisis_more as more
from bot.detection import crisis_weighing as weighing
from bot.detection import crisis_words as words
from bot.detection.crisis_said import (
    FIRST_PERSON,
    LONG_AGO,
    NEGATION,
    REPORTED,
    SOMEBODY,
    Said,
    is_about_somebody,
    is_funny,
    is_quoted,
    is_reported,
)
from bot.detection.finding import Finding, Kind, Severity
from bot.detection.personal.looking import Span, compiled, found_in, spans

_MOST: Final = 20
"""Sayings of one kind that are weighed in one text."""

_PATTERNS: Final = {
    "active": compiled(f"{words.ACTIVE}|{more.ACTIVE}"),
    "suicidal": compiled(f"{words.SUICIDAL}|{more.SUICIDAL}"),
    "passive": compiled(f"{words.PASSIVE}|{more.PASSIVE}"),
    "self_harm": compiled(f"{words.SELF_HARM}|{more.SELF_HARM}"),
    "means": compiled(f"{words.MEANS}|{more.MEANS}"),
    "others": compiled(words.OTHERS),
    "core": compiled(more.CORE),
    "beside": compiled(more.BESIDE),
}
_TOPIC: Final = compiled(more.TOPIC)
_THEY_ARE: Final = compiled(more.THEY_ARE)
HINTS: Final = {
    kind: words.HINTS.get(kind, ()) + more.HINTS.get(kind, ())
    for kind in (*words.HINTS, *more.HINTS)
} | {"weighed": weighing.HINTS}
"""For each kind of saying, letters of which one is in every text that says it."""
_LETTERS: Final = tuple((kind, letters) for kind, each in HINTS.items() for letters in each)
_HINTS: Final = AhoCorasick([letters for _, letters in _LETTERS], implementation=Implementation.DFA)
_METHOD: Final = compiled(words.METHOD)


def find_crisis(text: str) -> list[Finding]:
    """What a text says of danger, in order, without overlaps. Never fails; linear in the text."""
    plain = weighing.plain(text)
    kinds = hinted(plain)
    if "topic" in kinds and found_in(_TOPIC, plain):
        kinds.add("beside")
    if not kinds:
        return []
    told = [
        ((start, end), _weighed(kind, plain, start, end))
        for kind, pattern in _PATTERNS.items()
        if kind in kinds
        for start, end in spans(pattern, plain, _MOST)
    ]
    findings = [finding for _, finding in told if finding is not None]
    if not findings and "weighed" in kinds:
        findings = _by_weight(plain, [where for where, _ in told])
    if any(not finding.past for finding in findings) and found_in(_PREPARED, plain):
        findings = [
            finding if finding.past else replace(finding, severity=Severity.HIGH)
            for finding in findings
        ]
    findings.sort(key=lambda found: (found.past, found.severity is Severity.LOW, found.start))
    kept: list[Finding] = []
    for finding in findings:
        if all(finding.end <= other.start or other.end <= finding.start for other in kept):
            kept.append(finding)
    return sorted(kept, key=lambda finding: finding.start)


def hinted(plain: str) -> set[str]:
    """The kinds of saying that a text in small letters may hold, by their hints."""
    # The patterns take any white space for a space.
    found = _HINTS.find_matches_as_indexes(f" {' '.join(plain.split())} ", overlapping=True)
    return {_LETTERS[number][0] for number, _, _ in found}


def _by_weight(plain: str, told_apart: list[Span]) -> list[Finding]:
    """What no pattern knows, but much speaks for; not where what one knows was told apart."""
    where = weighing.weighed(plain)
    if where is None:
        return []
    for start, end in told_apart:
        if where[0] < end <= where[1] and _is_not_meant(plain, Said(plain, start, end)):
            return []
    said = Said(plain, *where)
    past = _is_past(said, told=True)
    return [Finding(Kind.CRISIS, said.start, said.end, Severity.LOW, past)]


def _is_not_meant(plain: str, said: Said) -> bool:
    return is_quoted(plain, said) or is_reported(said) or _is_idiom(said) or _is_denied(said)


# "Been thinking of suicide": who else would it be.
_UNTOLD: Final = re.compile(r"\s*(?:(?:been|just|still|always|was|have been|currently) )?")
_I_MYSELF = compiled(r"\b(?:i|i'm|im|i've|ive|i'd|i'll|me|myself)\b")
_PERSON_LAST = compiled(rf"\b{SOMEBODY}\b(?:'s|'re|'d|'ve)?(?:\s[\w'-]+){{0,12}}\s*$")
_NOT_DENIED = compiled(
    r"\b(?:can't|cant|cannot|couldn't|don't|dont|not|never)\s(?:stop|help|sure|know|promise|trust|"
    r"wait|only|just|see|say|lie|think\si\scan|going\sto\slie|gonna\slie|want\sto\slie)\b"
)
_DENIED_WISH = compiled(
    r"\b(?:don't|dont|do\snot|didn't|didnt|did\snot|never|not|no\slonger|wouldn't)\s(?:[\w']+\s){0,3}?"
    r"(?:want|wanna|wanted|wanting|wish|wished|hope|plan|deserve|need|ready|think|thought|thinking)\s"
    r"(?:[\w']+\s){0,3}?(?:die|dead|dying|disappear|vanish|cease|stop\sexisting|never)\b|"
    r"\b(?:scared|afraid|terrified|fear\w*|worr\w+|anxious|anxiety|phobia)\s(?:of|about|that|i)\b|"
    r"\bfe(?:el|lt)\w*\s(?:\w+\s)?dead\b"
)
_IDIOM_AFTER = compiled(
    r"^\s*(?:laughing|of\s(?:embarrassment|laughter|boredom|cringe|shame|cuteness|happiness|joy|"
    r"curiosity|hunger|thirst|jealousy|old\sage|the\scold|heat)|(?:in|for)\s(?:peace|bed|"
    r"battle|you|him|her|this\scountry|my\scountry|that|a\s\w+)|(?:a\s(?:bit|little)\s)?better|my\s(?:hair|beard|eyebrows|roots|jeans|shirt)|for\s"
    r"the\s(?:week|day|month|morning)|tired|meat|by\s\w+|with\shonou?r|a\shero|old\b|rich\b|"
    r"happy\b|hard\b|young\b|than\b|in\sthe\sfoot|over\s(?:this|that|it|a)\b|trying\sto|working\b|"
    r"shaving|cooking|some\s(?:slack|lunch|cake)|off\b|short\b|a\sslice|loose|"
    r"in\sthe\s(?:kitchen|game)|on\s(?:a\s(?:can|knife|piece|nail|broken)|glass|the\s(?:stove|oven|"
    r"edge|glass|door|game))|at\s(?:the\sgym|work|practice)|playing|lifting|running|falling|"
    r"when\si\sfell|up\b(?:side)?|with\sa\sfork|to\sget\b|"
    r"if\s(?:this|that|it|i\s(?:have|hear|see|get|had)|they|he|she|we|my\s(?:phone|laptop|computer|"
    r"team|boss))\b)"
)
_TREATS = compiled(
    r"^\s*(?:on|of|with)\s(?:\w+\s){0,2}(?:coffee|sugar|chocolate|caffeine|candy|cheese|turkey|"
    r"vitamins?|cute\w*|cookies|pizza|food|sweets|netflix|memes|christmas|news|information)\b"
)
_LIVE_WHERE = compiled(
    r"^\s*(?:(?:so|this)\sfar|holiday|vacation|dates?|trips?|(?:a|the|that|to|about)\s|with\s(?:my\s(?:p|m|d|f|r|b|s|g|e|w|h|i)|him|her|them|you|people|roommates?|someone|"
    r"anyone|this\s(?:guy|person)|it)|in\s(?:a|an|the|my|his|her|our|that|new|this\s(?:house|city|"
    r"town|place|apartment|state|country|area|dorm)|[a-z]+ville)\b|there|at|near|off|next|by|under|out\sof|"
    r"together|for\b|without\s(?:my\s(?:phone|computer|tv|internet|coffee)|you|him|her|them|it|music|coffee)|abroad|"
    r"on\s\w+|up\sto|here\s(?:in|for|during|because)|alone\sin)"
)
_NO_REASON = compiled(r"\b(?:nothing|will|strength|energy|desire)\b")
_IN: Final = re.compile(r"\s{0,3}in (\w+)")
_IN_PAIN: Final = re.compile(
    "pain|misery|fear|agony|hell|darkness|constant|this|such|suffering|torment|shame|silence|"
    "general|peace|any"
)
_MEDICINE = compiled(r"\b(?:prescribed|headache|migraine|toothache|hangover|sore\sthroat|fever)\b")
_ENDED = compiled(r"^\s*(?:with|there|here|amicably|early|on|by|at|after)\b")
_GOES_ON = compiled(
    r"^\s(?:\w+(?:ing|ed)|insurance|guards?|coach\w*|jackets?|vests?|hacks?|support|span|goals?)\b"
)
_PAST_VERB = compiled(
    r"\b(?:tried|attempted|wanted|was|were|had|used\sto|considered|thought|contemplated|felt|almost|"
    r"nearly|survived|survivor|overdosed|od'd|took|taken|ended|killed|committed|planned|decided|"
    r"didn't|got|became|wished|hoped|prayed|came\sclose|hung|shot|jumped|cut\smy\swrists|been)\b"
)
_PAST_VERB_LAST = compiled(
    r"\b(?:tried\s(?:to)?|attempted\s(?:to)?|wanted\sto|was\sgoing\sto|thought\s(?:of|about)|almost|nearly|"
    r"considered|had|felt(?:\slike)?|was|were)(?:\s\w+){0,2}\s*$"
)
_I_DID_LAST = compiled(
    r"\bi\s(?:\w+\s)?(?:sat|had|stood|held|drove|was|went|spent|kept)\b[^.!?\n]{0,60}$|"
    r"\bthere\s(?:was|were)\b[^.!?\n]{0,60}$"
)
_REMEMBERED = compiled(r"\b(?:remember\w*|having\sbeen|went\sthrough|came\sthrough|got\sthrough)\b")
_CLAUSE_END: Final = re.compile("[,;]| but | and (?:i'm|i am|now) ")
_PRESENT_VERB = compiled(
    r"\b(?:wishing|hoping|praying|(?:'ve|have)\sdecided|want|wants|wanna|wish|am|i'm|im|going\sto|gonna|think\sabout|thinking|consider|considering|feel|"
    r"feeling|plan|planning|will|i'll|need|try|trying|might|keep|can't|don't|hope|contemplating|"
    r"have\s(?:suicidal|thoughts)|having|feels|makes|making|often|sometimes|every\w*|struggle)\b"
)
_JUST_NOW = compiled(
    r"\b(?:still|again|right\snow|now|today|tonight|lately|these\sdays|this\s(?:morning|"
    r"week|evening|afternoon|weekend)|last\snight|yesterday|currently|recently|(?:hours?|minutes?)\s"
    r"ago|all\sday|for\s(?:a\s)?(?:weeks|days|while|months))\b"
)
_CONDITION = compiled(r"\b(?:if|unless|whether|suppose|imagine)\s*$")
_SELF_HARM_ONLY = compiled(r"\b(?:(?:hurt|harm|cut|burn|injur)\w*\smyself|self[\s-]?harm\w*)$")
_TRIED = compiled(r"\b(?:tried|attempted|took|overdosed|swallowed|hung|jumped)\b")
_SOON = compiled(
    r"\b(?:tonight|right\snow|today|tomorrow|this\s(?:weekend|week|evening|morning|afternoon|friday|"
    r"saturday|sunday|monday|tuesday|wednesday|thursday)|soon|in\s(?:a\sfew|an|\d+|two|three)\s"
    r"(?:hours?|minutes?|days?)|before\s(?:morning|midnight|sunrise|the\s(?:weekend|night))|last\s"
    r"night|as\ssoon\sas|after\swork|when\s(?:everyone|they|my\s\w+)\s(?:is|are|goes|go|leaves?|falls?)\s"
    r"(?:asleep|out|to\sbed|gone)?|once\s(?:everyone|they|my\s\w+)|(?:an?|\d+|few)\s(?:hours?|minutes?)"
    r"\sago)\b"
)
_INTENT_WORDS: Final = (
    r"\b(?:going\sto|gonna|gunna|finna|boutta|about\sto|ready\sto|i\swill|i'll|plan(?:ning)?\s(?:to|on)|"
    r"decided\sto|have\sdecided|have\sto|need\sto|planning\smy|plan\smy)\b"
)
_INTENT = compiled(_INTENT_WORDS)
_INTENT_LAST = compiled(_INTENT_WORDS + r"(?:\s\w+)?\s*$")
_PREPARED = compiled(
    r"\bi(?:'ve|\shave|\salready\shave|'ve\sgot|\sgot|\smade|\salready\smade|\seven\shave)*\sa\s(?:suicide\s|"
    r"specific\s|clear\s)?plan\b|\bknow\s(?:exactly\s)?how\s(?:i(?:'d|'ll|\swould|\swill|'m\sgoing\sto|\sam\s"
    r"going\sto)|to)\sdo\sit\b|\b(?:picked|chosen|chose|set)\s(?:a|the)\s(?:date|day|place|spot|time)\b|"
    r"\beverything\s(?:is|i\sneed\sis)\s(?:ready|set|prepared)\b|\bgiv(?:en|ing)\saway\smy\s(?:things|stuff|"
    r"belongings|pets?)\b|\b(?:have|got|bought|found|holding|hold|loaded|beside|grabbed|with|own)\s(?:\w+"
    r"\s){0,2}(?:my\s|the\s|a\s|his\s|her\s|dad's\s|some\s)(?:\w+\s){0,2}(?:gun|pistol|rifle|shotgun|rope|"
    r"noose|razor|blades?|knife|pills|sleeping\spills)\b|\b(?:gun|pistol|pills|rope|razor|blade|knife|"
    r"bottle)\s(?:is\s|are\s)?(?:right\s)?(?:next\sto\sme|in\sfront\sof\sme|in\smy\s(?:hands?|lap|drawer|"
    r"room|pocket|car)|beside\sme|here|ready|on\sthe\s(?:table|desk|bed))\b|\bwon't\sstop\sbleeding\b|\b(?:tonight|today|tomorrow)\b[^.!?\n]{0,40}"
    r"\bdo\sit\b|\bdo\sit\s(?:tonight|today|tomorrow|this\sweekend|right\snow)\b"
)
_MEANT = compiled(
    r"\b(?:tonight|tomorrow|gun|knife|rifle|bat|i\smean\sit|for\sreal|seriously|not\sjoking|not\skidding|"
    r"voices?|(?:scared|afraid|terrified)\s(?:that\s)?i|can't\sstop|cant\sstop|thoughts?|urges?|fantas\w+|plan|planning|"
    r"planned|deserves?\sto\sdie|make\s(?:him|her|them)\spay|lose\scontrol|losing\scontrol|snap|snapping|"
    r"intrusive|daydream\w*|picture|imagin\w+|thinking\sabout|want\sthem\sdead|waiting\sfor\s(?:him|her|them))\b"
)
_WANTED = compiled(
    r"\b(?:want|wanna|going\sto|gonna|will|i'll|about\sto|ready|plan|planning|thinking|think|urges?|might|"
    r"could|(?:scared|afraid|terrified)\s(?:that\s)?i|fantas\w+|dream\w*|thoughts?|voices|imagin\w+|images|visions|feel\slike|"
    r"tempted|need\sto|have\sto|gunna|try|trying|homicidal|shoot\sup|bring\w*|tak(?:e|ing))\b"
)
_HURTS = compiled(r"\b(?:hurt|hurting|harm|harming)\s")
_NO_HARM = compiled(
    r"^(?:'s|\s)?\s?(?:feelings|for|with\skindness|in\s(?:the\s)?(?:game|gta|cod|minecraft|chess|pool|"
    r"mario|fortnite)|a\s(?:text|message|mail)|down\s(?:a|an)|some\b|an?\s(?:e-?mail|message|text|look))"
)
_PROGRAMS = compiled(
    r"\b(?:game|gta|minecraft|npc|zombies?|raid|quest|process|server|daemon|boss\sfight|level|movie|"
    r"film|book|novel|character|episode|song|photo|picture|video|footage|film|camera|free\sthrows?)\b"
)


def _weighed(kind: str, plain: str, start: int, end: int) -> Finding | None:
    said = Said(plain, start, end)
    if is_quoted(plain, said) or is_reported(said):
        return None
    if is_funny(said) if kind == "beside" else _is_idiom(said):
        return None
    if kind == "others":
        return _danger_to_others(plain, said)
    if kind in {"active", "suicidal", "self_harm"} and _is_denied(said):
        return None
    # A "no" within these is part of what is said: "I would not be here".
    if kind == "beside" and found_in(NEGATION, said.lead):
        return None
    if kind == "passive":
        life = said.words.endswith("life") and found_in(_GOES_ON, said.tail)
        if life or found_in(_DENIED_WISH, said.words) or _is_about_a_place(said):
            return None
        if not found_in(FIRST_PERSON, said.words) and is_about_somebody(said):
            return None
    elif kind == "core":
        untold = _UNTOLD.fullmatch(said.lead) and not said.after.startswith("?")
        of_me = untold or found_in(_I_MYSELF, said.lead + said.words)
        if not of_me or found_in(NEGATION, said.lead):
            return None
        if found_in(_CONDITION, said.lead) or found_in(_THEY_ARE, said.tail):
            return None
        *_, (last, _) = spans(_I_MYSELF, said.lead) if found_in(_I_MYSELF, said.lead) else [(0, 0)]
        if (
            found_in(REPORTED, said.lead[:last])
            or is_about_somebody(said)
            or _is_about_a_place(said)
        ):
            return None
    elif kind in {"suicidal", "self_harm", "beside"} and not said.words.startswith("as "):
        if found_in(_THEY_ARE, said.tail):
            return None
        for begin, _ in spans(_PERSON_LAST, said.words, 1):
            if not found_in(FIRST_PERSON, said.words[begin:]):
                return None
        if found_in(REPORTED, said.lead + said.words[: said.words.rfind(" i ") + 1]):
            return None
    elif kind != "suicidal" and not said.words.startswith("i") and is_about_somebody(said):
        return None
    past = _is_past(said, told=kind == "core")
    severe = kind == "means" or (kind == "active" and _is_severe(said))
    severity = Severity.HIGH if severe and not past else Severity.LOW
    return Finding(Kind.CRISIS, said.start, said.end, severity, past)


def _is_severe(said: Said) -> bool:
    """Whether an act has a way, a time or a decision; of hurting oneself none is enough."""
    if found_in(_CONDITION, said.lead) or found_in(_SELF_HARM_ONLY, said.words):
        return False
    if found_in(_METHOD, said.words) or found_in(_INTENT, said.words):
        return True
    if found_in(_INTENT_LAST, said.lead):
        return True
    if found_in(_PAST_VERB, said.words) and not found_in(_PRESENT_VERB, said.words):
        return found_in(_TRIED, said.words) and found_in(_JUST_NOW, said.sentence)
    return found_in(_SOON, said.sentence)


def _danger_to_others(plain: str, said: Said) -> Finding | None:
    wanted = found_in(_WANTED, said.words)
    if (
        not wanted
        or _is_denied(said)
        or _is_past(said, told=False)
        or found_in(_NO_HARM, said.tail)
    ):
        return None
    if found_in(_PROGRAMS, said.sentence):
        return None
    meant = found_in(_MEANT, plain) or "homicidal" in said.words or "shoot up" in said.words
    if not meant and not found_in(_HURTS, said.words):
        return None
    severity = Severity.HIGH if meant else Severity.LOW
    return Finding(Kind.CRISIS, said.start, said.end, severity)


def _is_idiom(said: Said) -> bool:
    # "Rather be dead than go on" is meant; "rather die than eat that" is not.
    places = ("rather be dead", "bridge", "ledge", "rooftop", "tracks", "railing", "cliff")
    meant = said.words.endswith(places) or found_in(_NO_REASON, said.words)
    idiom = not meant and found_in(_IDIOM_AFTER, said.tail)
    if idiom or found_in(_TREATS, said.tail) or found_in(_MEDICINE, said.sentence):
        return True
    # What ends is a friendship, or a meeting.
    if said.words.endswith((" end it", " ending it")) and found_in(_ENDED, said.tail):
        return True
    return is_funny(said)


def _is_denied(said: Said) -> bool:
    """Whether the saying itself, or what leads up to it, says no."""
    if found_in(_NOT_DENIED, said.lead[-40:] + said.words):
        return False
    if found_in(NEGATION, said.lead):
        return True
    if not said.words.startswith("i"):
        return False
    pieces = said.words.split()
    # The last words are what is denied; a "no" in them belongs to it.
    return any(
        found_in(NEGATION, " ".join(pieces[:count]))
        for count in range(max(1, len(pieces) - 3), len(pieces))
    )


def _is_about_a_place(said: Said) -> bool:
    """Whether "I don't want to live" goes on to say where, or with whom."""
    if said.words.endswith(("wake up", "waking up")) and said.tail.startswith(" to "):
        return True
    about_life = said.words.endswith(
        ("live", "living", "alive", "exist", "existing", "go on", "carry on")
    )
    if not about_life or found_in(_NO_REASON, said.words):
        return False
    where = _IN.match(said.tail)
    return found_in(_LIVE_WHERE, said.tail) or (
        where is not None and not _IN_PAIN.fullmatch(where[1])
    )


def _is_past(said: Said, *, told: bool) -> bool:
    """Whether it is over. `told`: the verb is among the words, whoever the sentence is about."""
    if "survi" in said.words or found_in(_REMEMBERED, said.words):
        return True
    # What stands in the next clause may be of another time.
    clause = _CLAUSE_END.split(said.tail, maxsplit=1)[0]
    if found_in(_JUST_NOW, said.lead[-60:] + said.words + clause):
        return False
    if found_in(LONG_AGO, said.sentence):
        return not found_in(_PRESENT_VERB, said.words) or found_in(_PAST_VERB, said.words)
    if told or said.words.startswith(("i", "as ", "made me")) or said.lead.endswith(" i "):
        return found_in(_PAST_VERB, said.words) and not found_in(_PRESENT_VERB, said.words)
    return found_in(_PAST_VERB_LAST, said.lead) or found_in(_I_DID_LAST, said.lead)
