"""A saying and what stands around it: who speaks, whose words they are, and if it is a joke."""

from __future__ import annotations

from typing import Final

from bot.detection.personal.looking import compiled, found_in, spans

_REACH: Final = 160
FIRST_PERSON = compiled(r"\b(?:i|i'm|im|i've|i'd|i'll|me|my|myself)\b")
SOMEBODY: Final = (
    r"(?:he|she|they|you|we|who|people|someone|somebody|everyone|everybody|nobody|anyone|person|"
    r"man|woman|guy|girl|boy|kid|kids|friend|friends|brother|sister|mother|father|mom|mum|dad|son|"
    r"daughter|wife|husband|uncle|aunt|cousin|boyfriend|girlfriend|ex|veterans?|vets?|soldiers?|"
    r"marines?|patients?|clients?|students?|teens?|others?|them|doctors?|therapist|those|"
    r"roommate|mates?|colleagues?|boss|family|parents|neighbou?r|his|her|their|your)"
)
_SOMEBODY_LAST = compiled(rf"\b{SOMEBODY}\b(?:'s|'re|'d|'ve)?(?:\s[\w'-]+){{0,5}}\s*$")
REPORTED = compiled(
    rf"\b{SOMEBODY}\b(?:\s[\w']+){{0,2}}\s(?:said|says?|saying|told|tells?|telling|texted|texts|"
    r"posted|wrote|writes|scream(?:ed|s|ing)|yell(?:ed|s|ing)|goes|asked|asks|asking|thinks?|thought|"
    r"claims?|assumed?|assumes|convinced|worried)(?:\s(?:me|us|him|her|them|that|to|if|whether|how|"
    r"like|because|about|maybe|the|my|\w+))?(?:\s(?:that|to|if|whether|i\sshould|should|just|go))*"
    r"[\s:,]*(?:\"|')?$"
)
_VOICES = compiled(r"\b(?:voices?|head|mind|brain|something|depression|part\sof\sme|thoughts?)\b")
_THOUGHT_IT = compiled(
    r"\b(?:i|i'm|im|me|my|i've)\b(?:\s[\w',]+){0,8}\s(?:think(?:ing)?|thought|said|say|saying|tell|"
    r"told|feel|felt|like|thoughts?|mind|head|myself|wrote|whisper|scream\w*)[^\"]{0,25}\"\s*$"
)
NEGATION = compiled(
    r"\b(?:not|never|don't|dont|didn't|didnt|wouldn't|wouldnt|won't|wont|no\slonger|isn't|wasn't|"
    r"aren't|haven't|hasn't|hadn't|ain't|without|can't|cant|cannot|couldn't|no|nor|neither|deny|"
    r"denied|against|stopped|before|anti|instead\sof|rather\sthan)\b"
    r"(?:\s(?:really|even|actually|ever|have|had|been|any|going|gonna|to|want|wanted|wanna|be|feel|"
    r"feeling|felt|think|thinking|thought|thoughts|about|of|plan|planning|trying|try|consider|a|the|"
    r"currently|actively|feelings|urge|intention|intend|gotten|get|so|that|at|all|considering|"
    r"plans?|desire|wish|intentions?|need|reason|i'm|i|am|was|ever|do|dare|allowed|or|having|considered|attempted|tried|contemplated))*"
    r"[\s,]*$"
)
_LAUGHS = compiled(
    r"\b(?:lol|lmao|lmfao|rofl|haha\w*|hehe\w*|jk|j/k|xd|just\skidding|i'm\skidding|just\sjoking|i'm\sjoking|im\sjoking)\b|;-?\)|:-?p\b|"
    r"[\x{1F602}\x{1F923}\x{1F480}\x{1F605}\x{1F606}]"
)
_IDIOM_BEFORE = compiled(
    r"\b(?:so\s(?:hungry|bored|tired|hot|cold|full|cute|"
    r"funny|embarrassed|embarrassing|good|happy)\s(?:that\s)?(?:i|it)\b|homework|meeting|class|exam|accidentally|by\saccident|"
    r"game|ctrl|process|server|character|movie|film|song|lyrics?|episode|novel|book)\b"
)
LONG_AGO = compiled(
    r"\b(?:(?:years?|months?|decades?)\s(?:ago|back|earlier)|used\sto|back\s(?:then|when|in)|when\si\s"
    r"was|as\sa\s(?:kid|child|teen\w*)|in\s(?:19|20)\d\d|in\sthe\spast|in\s(?:high\s|middle\s)?school|"
    r"in\scollege|last\s(?:year|month|summer|winter|spring|fall|autumn)|previously|long\stime\sago|"
    r"long\sago|at\sone\s(?:point|time)|at\sage|my\s(?:teens|twenties|youth|childhood)|over\sthe\s"
    r"decades|once|those\sdays|not\sany\s?more|behind\sme|recover(?:ed|y)|survivor|survived|"
    r"before\si\s(?:got|found|met|started|joined))\b"
)


class Said:
    """A saying and the sentence that it stands in."""

    def __init__(self, plain: str, start: int, end: int) -> None:
        while start < end and not plain[start].isalnum():
            start += 1
        first = max(plain.rfind(mark, 0, start) for mark in ".!?\n") + 1
        ends = [at for mark in ".!?\n" if (at := plain.find(mark, end)) >= 0]
        last = min(ends, default=len(plain))
        self.start, self.end = start, end
        self.lead = plain[max(first, start - _REACH) : start]
        self.words = plain[start:end]
        self.tail = plain[end : min(last, end + _REACH)]
        self.sentence = self.lead + self.words + self.tail
        # A laugh after the full stop belongs to what it laughs at.
        self.after = plain[end : end + _REACH]


def is_quoted(plain: str, said: Said) -> bool:
    """Whether the words are somebody's that are only repeated here."""
    line = plain[plain.rfind("\n", 0, said.start) + 1 : said.start]
    if line.lstrip().startswith(">"):
        return True
    before = plain[max(0, said.start - 2 * _REACH) : said.start]
    if before.count('"') % 2 == 0 or '"' not in plain[said.end : said.end + 2 * _REACH]:
        return False
    opened = before.rfind('"')
    return not found_in(_THOUGHT_IT, before[: opened + 1])


def is_reported(said: Said) -> bool:
    """Whether somebody else is said to have said it; voices in one's own head are not."""
    return found_in(REPORTED, said.lead) and not found_in(_VOICES, said.lead)


def is_funny(said: Said) -> bool:
    """Whether a laugh, a game or a film stands by."""
    return found_in(_IDIOM_BEFORE, said.lead + said.words) or found_in(
        _LAUGHS, said.sentence + said.after[:40]
    )


def is_about_somebody(said: Said) -> bool:
    """Whether the one spoken of last before it was somebody else."""
    for start, _ in spans(_SOMEBODY_LAST, said.lead, 1):
        return not found_in(FIRST_PERSON, said.lead[start:])
    return False
