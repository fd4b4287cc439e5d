"""Runs under the peers' own Python (.venv-peers), so it imports nothing of ours.

`python personal_peers.py NAME [KEYWORD ...] < texts.json > found.json`: a list of texts in; out
come the kinds that were found in each, and the microseconds a text took.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

Look = Callable[[str], set[str]]


def presidio() -> Look:
    """Microsoft Presidio with its own recognizers and no language model: those find names."""
    import spacy  # type: ignore[import-not-found]
    import tldextract  # type: ignore[import-not-found]
    from presidio_analyzer import AnalyzerEngine  # type: ignore[import-not-found]
    from presidio_analyzer.nlp_engine import SpacyNlpEngine  # type: ignore[import-not-found]

    # The list of domains that came with it; otherwise it would ask the network.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    blank = tempfile.mkdtemp()
    spacy.blank("en").to_disk(blank)
    engine = AnalyzerEngine(
        nlp_engine=SpacyNlpEngine(models=[{"lang_code": "en", "model_name": blank}])
    )
    names = {
        "PHONE_NUMBER": "PHONE",
        "EMAIL_ADDRESS": "EMAIL",
        "URL": "URL",
        "IP_ADDRESS": "IP",
        "CREDIT_CARD": "CREDIT_CARD",
        "IBAN_CODE": "IBAN",
        "LOCATION": "ADDRESS",
        "US_SSN": "NATIONAL_ID",
        "US_ITIN": "NATIONAL_ID",
        "UK_NHS": "NATIONAL_ID",
    }

    def look(text: str) -> set[str]:
        found = engine.analyze(text=text, language="en", entities=list(names))
        return {names[each.entity_type] for each in found}

    return look


def scrubadub() -> Look:
    """scrubadub with the detectors that it starts with."""
    import scrubadub as library  # type: ignore[import-not-found]

    scrubber = library.Scrubber()
    names = {
        "phone": "PHONE",
        "email": "EMAIL",
        "url": "URL",
        "credit_card": "CREDIT_CARD",
        "address": "ADDRESS",
        "social_security_number": "NATIONAL_ID",
        "national_insurance_number": "NATIONAL_ID",
        "twitter": "HANDLE",
    }
    return lambda text: {names.get(each.type, "OTHER") for each in scrubber.iter_filth(text)}


def commonregex() -> Look:
    """commonregex, all of its patterns that have a kind of ours."""
    from commonregex import CommonRegex  # type: ignore[import-not-found]

    names = {
        "phones": "PHONE",
        "emails": "EMAIL",
        "links": "URL",
        "ips": "IP",
        "ipv6s": "IP",
        "credit_cards": "CREDIT_CARD",
        "street_addresses": "ADDRESS",
    }

    def look(text: str) -> set[str]:
        found: Any = CommonRegex(text)
        return {kind for name, kind in names.items() if getattr(found, name)}

    return look


def better_profanity() -> Look:
    """better-profanity with our keywords (the rest of the command line) in place of its list."""
    from better_profanity import profanity  # type: ignore[import-not-found]

    profanity.load_censor_words(sys.argv[2:])
    return lambda text: {"KEYWORD"} if profanity.contains_profanity(text) else set()


def main() -> None:
    """Look at every text, and say how long it took."""
    peers = {each.__name__: each for each in (presidio, scrubadub, commonregex, better_profanity)}
    look = peers[sys.argv[1]]()
    texts = json.load(sys.stdin)
    look(texts[0])
    began = time.process_time()
    kinds = [sorted(look(text)) for text in texts]
    took = (time.process_time() - began) / len(texts) * 1e6
    json.dump({"kinds": kinds, "us": took}, sys.stdout)


main()
