"""Make bot/detection/data/lookalikes.txt: which characters are drawn like which Latin letters.

    npm pack unhomoglyph@1.0.6 && tar xzf unhomoglyph-1.0.6.tgz
    python scripts/lookalikes.py package/data.json

Sources: Unicode's confusables (UTS #39), as the package unhomoglyph carries them; the
names of characters in Unicode's character database ("LATIN LETTER SMALL CAPITAL R", "REGIONAL
INDICATOR SYMBOL LETTER A"); and below, by hand, the letters of other scripts that generators of
"fancy text" use for Latin ones. What NFKD already turns into a Latin letter is left out.
"""

from __future__ import annotations

import json
import re
import string
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parents[1] / "bot" / "detection" / "data" / "lookalikes.txt"

# Drawn alike, one to one: alphabets of other scripts as fancy text uses them.
STYLES = (
    "卂乃匚刀乇下厶卄工丁长乚从ん口尸㔿尺丂丅凵リ山乂丫乙",
    "卂乃匚ᗪ乇千Ꮆ卄丨ﾌҜㄥ爪几ㄖ卩Ɋ尺丂ㄒㄩᐯ山乂ㄚ乙",
    "ﾑ乃cd乇ｷgんﾉﾌズﾚﾶ刀oｱq尺丂ｲu√wﾒﾘ乙",
    "ƛƁƇƊЄƑƓӇƖʆƘԼMƝƠƤƢƦƧƬƲƔƜҲƳȤ",
    "αв¢∂єƒgнιנкℓмησρqяѕтυνωχуz",
    "ąɓçdҽƒցհìʝҟӀʍղօքզɾʂէմѵաxվȥ",
    "ค๒ƈɗﻉिﻭɦٱﻝᛕɭ๓กѻρ۹ɼรՇપ۷ฝซץչ",
    "ค๖¢໓ēfງhiวkl๓ຖ໐p๑rŞtนงຟxฯຊ",
    "ΛBᄃDΣFGΉIJKᄂMПӨPQЯƧƬЦVЩXYZ",
    "₳฿₵ĐɆ₣₲ⱧłJ₭Ⱡ₥₦Ø₱QⱤ₴₮ɄV₩ӾɎⱫ",
    "ᗩᗷᑕᗪEᖴGᕼIᒍKᒪᗰᑎOᑭᑫᖇᔕTᑌᐯᗯ᙭Yᘔ",
    "ꍏꌃꉓꀸꍟꎇꁅꃅꀤꀭꀘ꒒ꂵꈤꂦꉣꆰꋪꌗ꓄ꀎꃴꅏꊼꌩꁴ",
    "ꋫꃃꏸꁕꍟꄘꁍꑛꂑꀭꀗ꒒ꁒꁹꆂꉣꁸ꒓ꌚ꓅ꐇꏝꅐꇓꐟꁴ",
    "ልጌርዕቿቻኗዘጎጋጕረጠክዐየዒዪነፕሁሀሠሸሃጊ",
    "ԹՅՇԺȝԲԳɧɿʝƙʅʍՌԾρφՐՏԵՄעաՃՎՀ",
    "αßÇÐεƒGHïJK£MñðþQR§†µVWX¥Z",
    "ɐqɔpǝɟƃɥıɾʞlɯuodbɹsʇnʌʍxʎz",
    "∀ᗺƆᗡƎℲ⅁HIſꓘ⅂WNOԀΌᴚS⊥∩ΛMX⅄Z",
    "ДБCDЄFGHЇJКLМИОPQЯSTЦVЩЖУZ",
    "ҨБҀↁЄFБНІЈЌLМИФРQЯЅГЦVЩЖЧZ",
    "ΑΒϹΔΕϜΓΗΙͿΚΛΜΝΟΡϘΓΣΤΥѴΩΧΥΖ",
    "αβςδεφγηιϳκλμνορϙγστυνωχψζ",
    "абсдефгхижклмнопкрстувшхуз",
    "ᎪᏴᏟᎠᎬᎰᎶᎻᎥᎫᏦᏞᎷᏁᎾᏢᎤᏒᏚᎢᏌᏙᏔᏡᎩᏃ",
    "ᏗᏰፈᎴᏋᎦᎶᏂᎥᏠᏦᏝᎷᏁᎧᎮᎤᏒᏕᏖᏬᏉᏇጀᎩፚ",
    "ǟɮƈɖɛʄɢɦɨʝӄʟʍռօքզʀֆȶʊʋաӼʏʐ",
    "λ฿ςdεƒgħιjkℓmησρqrsтυvωxyz",
    "ⲀⲂⲤⲆⲈϜⳒⲎⲒⳔⲔⳐⲘⲚⲞⲢϘⲄⲊⲦⲨⲮⲰⲬⲨⲌ",
    "ⴷᏰↄⵠⴹⵎⵋⵀⵏⵊⴽⵑⵐⵍⵔⵕⵟⵓⵙⵜⵡⵖⵃⵅⵢⵣ",
    "ᚨᛒᚲᛞᛖᚠᚷᚺᛁᛃᚲᛚᛗᚾᛟᛈᛩᚱᛋᛏᚢᚡᚹᚷᛦᛉ",
    "₳ᵬ₡∂€₣₲♄ƚʝ₭£๓₪☉₽Ҩ®$†Ü▽Ш✘¥Ẕ",
    "∆ⓑ©∂€∫ģ#¡¿κ∫м∩Øþ¶Я§†∪√Ш×ÿž",
    "ΔŞĆĐ€₣ĞĦƗĴĶŁΜŇØƤQŘŞŦỮVŴЖ¥Ž",
)
# More than one letter's likeness, or not in an alphabet above.
SINGLE = {
    "a": "ɑɒæªàԱልΔ∧⋀ﾑᴀᗅᗋ⩜Ꭿᐱᗑ🅰",
    "b": "ßþьЪъҌ৳฿",
    "c": "¢©₡₵€☾⊂∁ᑕ",
    "d": "ð∂Ð₫đ",
    "e": "є€£ə∑∃∈ξ乇ℯ℮ѐё",
    "f": "ƒʃ∫ғſ₣",
    "g": "ցɠɡğ",
    "h": "ħћђҺ♄ⱨн",
    "i": "¡łɨіїι¦エ丨",
    "j": "ʝנﾌڶ",
    "k": "κкқҡ₭ĸ",
    "l": "£łιℓ¬ℒ∟",
    "m": "₥мʍ๓♏爪",
    "n": "₦иηñпղΠ∩几П",
    "o": "ø¤°º⊕⊙○●◯☉♡❤♥☺◎⭕🅾⊗∅Ө๏◦•",
    "p": "þρ₱₽¶ק",
    "q": "ҩ۹",
    "r": "я®гՐ尺",
    "s": "§ѕ∫ƨ₴丂ร",
    "t": "†τт₮✝⊤✞☨七ナイ",
    "u": "µμυцሀ∪ц",
    "v": "√∨∇▽ѵ۷",
    "w": "ωшщฬ₩ѡψ",
    "x": "×χхж✗✘✖❌ⅹ乂",
    "y": "¥уүγψ丫ㄚץ",
    "z": "ʒζ乙ƶ",
}
NAMES = (
    r"LATIN (?:SMALL|CAPITAL) LETTER (?:[A-Z-]{2,} )*?([A-Z])\b(?! DIGRAPH)",
    r"LATIN LETTER (?:SMALL CAPITAL |REVERSED |INVERTED |TURNED |BARRED |STRETCHED )+([A-Z])\b",
    r"MODIFIER LETTER (?:SMALL |CAPITAL |REVERSED |TURNED |OPEN )*([A-Z])\b",
    r"REGIONAL INDICATOR SYMBOL LETTER ([A-Z])$",
    r"(?:NEGATIVE |CROSSED )*(?:SQUARED|CIRCLED|PARENTHESIZED) LATIN "
    r"(?:CAPITAL|SMALL) LETTER ([A-Z])$",
    r"TORTOISE SHELL BRACKETED LATIN CAPITAL LETTER ([A-Z])$",
    r"LATIN SUBSCRIPT SMALL LETTER ([A-Z])$",
)
READ_AS = {letter: letter.lower() for letter in string.ascii_letters}
READ_AS |= {"0": "o", "1": "il", "3": "e", "5": "s", "8": "b", "I": "il", "l": "il", "|": "il"}
OF_NAME = [re.compile(name) for name in NAMES]


def _stripped(letter: str) -> str:
    """The letter without its marks, in lower case."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letter).casefold())
    return "".join(part for part in apart if not unicodedata.combining(part))


def main(confusables: Path) -> None:
    """Write the table."""
    latin = set(string.ascii_lowercase)
    alike: dict[str, set[str]] = defaultdict(set)

    def add(letter: str, base: str) -> None:
        plain = _stripped(letter)
        for each in {letter, plain} if len(plain) == 1 else {letter}:
            if unicodedata.category(each)[0] == "M":
                continue
            if not each.isascii() and _stripped(each) != base:
                alike[each].add(base)
                if _stripped(each) in latin:
                    alike[each].add(_stripped(each))

    for letter, skeleton in json.loads(confusables.read_text("utf-8")).items():
        base = "".join(part for part in skeleton if not unicodedata.combining(part))
        if len(letter) == 1:
            for each in READ_AS.get(base, ""):
                add(letter, each)
    for code in range(0x80, 0x1FFFF):
        name = unicodedata.name(chr(code), "")
        for pattern in OF_NAME:
            if match := pattern.match(name):
                add(chr(code), match[1].lower())
    for style in STYLES:
        for letter, base in zip(style, string.ascii_lowercase, strict=True):
            add(letter, base)
    for base, letters in SINGLE.items():
        for letter in letters:
            add(letter, base)
    lines = defaultdict(list)
    for letter, bases in sorted(alike.items()):
        lines["".join(sorted(bases))].append(letter)
    HERE.parent.mkdir(exist_ok=True)
    HERE.write_text(
        "# Made by scripts/lookalikes.py, which names the sources; LICENSE.txt is Unicode's.\n"
        + "".join(f"{bases} {''.join(letters)}\n" for bases, letters in sorted(lines.items())),
        "utf-8",
    )


main(Path(sys.argv[1]))
