"""The words and forms that ask for a test, as the census knows them: names, values, flags, fields."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import unescape

from pytest_postmortem.reading.patterns import lazily

__all__ = [
    "FIELD",
    "FLAG",
    "INNER_FIELD",
    "INVISIBLE",
    "LINK",
    "LIST_MARKER",
    "LONGEST",
    "LOOSE_ROW",
    "NODE_ID",
    "OFTEN",
    "QUOTE",
    "STRUCK",
    "clean_name",
    "find_flag",
    "fold_line",
    "is_asking_name",
    "is_asking_value",
    "is_bare_name",
    "is_sure_value",
    "is_whole_value",
    "shorten",
    "split_cells",
    "strip_code",
    "strip_marks",
]

_TEST = (
    r"(?:(?<![^\W_])(?:(?:regressions?|integrations|komponenten|modul|unit|smoke|abnahme|akzeptanz)?tests?|testes|teste|testing|pruebas?)|"
    r"テスト|测试|測試|테스트)"
)
# The words beside "test" in a name that asks for one: "Regression test required?", "needs_a_test".
_BESIDE = (
    r"(?:regression|regr|unit|auto|automated|automatic|integration|e2e|end to end|acceptance|pytest|new|a|an|the|is|are|be|"
    r"must have|has|have|need|needs|needed|req|require|requires|required|requirement|requirements|mandatory|guard|guarding|"
    r"covered|with|by|or|waiver|y/n|yes/no|y|n|de|regressão|régression|regresión|erforderlich|nötig|notwendig|pflicht|requise?|"
    r"requerid[ao]|obrigatorio|obrigatório|obligatorio|necesari[ao]|necessári[ao]|nécessaire|回帰|回归|회귀|自動|単体|要否|必要|必須|要|"
    r"是否|必须|需要|要求|필요|필수|여부)"
)
_ASKING_NAME = lazily(rf"\A(?:{_BESIDE}[ /]*){{0,4}}{_TEST}(?:[ /]*{_BESIDE}){{0,4}}\Z")
_BARE_NAME = lazily(r"\A(?:unit |automated |regression )?(?:tests?|テスト|测试|테스트)\Z")
_REQUIRED = (
    r"(?:required|requires?|needed|needs|mandatory|mandatroy|must[- ]have|must|yes|true|y|x|ja|oui|sí|si|sim|да|waived|erforderlich|nötig|"
    r"notwendig|pflicht|requis|nécessaire|obligatorio|necesario|obrigatório|necessário|требуется|req[’'.]?d?|req\w{2,7}ed|"
    r"[✓✔✅☑○◯◎〇]\ufe0f?|:(?:white_check_mark|heavy_check_mark|ballot_box_with_check|check_mark):|(?:- )?\[x\]|"
    r"必須|必要|要|はい|あり|有|필수|필요|예|네|是|必须|需要)"
)
NODE_ID = r"[^\s,;|`<>()\[\]:\"']{1,300}\.(?:[a-z]\w{0,9}(?:::[^\s,;|`<>()\[\]:\"']+)+|py\b)"
_ASKING_VALUE = lazily(rf"\A(?:{_REQUIRED}(?![\w/-])(?!\s*(?:no|not)\b)|{NODE_ID})")
_SURE_VALUE = lazily(r"\A(?:required|waived\s{1,9}(?:(?:until|till|to|through)\s{1,9})?\d)(?![\w-])")
_GOES_ON = r"(?=\s*(?:[\])}.,;:!(\[—–\"]|$)|\s+(?:by|before|until|for|once|in|as|and|with|after|when)\b)"
# A flag in brackets that says "test" and "required", whatever is written beside.
FLAG = lazily(
    rf"\[(?P<lead>[^\[\]\n]{{0,60}}?){_TEST}[\s\W_]{{0,4}}(?:is\s+|are\s+)?(?:req(?!uirement)\w*|needed|mandatory|waived|"
    rf"erforderlich|nötig|notwendig|必須|必要|必须|需要|필수){_GOES_ON}"
    rf"|\[(?P<before>[^\[\]\n]{{0,20}}?){_TEST}(?:\s*required)?\s*[:=]{{1,2}}\s*(?P<value>[^\[\]]{{0,400}})"
    rf"|\[\s*tests?\s+(?P<node>{NODE_ID})"
    rf"|\[\s*(?:requires?|required|needs?|要|需要)[\s_:=-]{{0,4}}(?:an?\s+)?(?:(?:regression|unit|automated|integration)\s+)?{_TEST}\s*\]"
    rf"|[(「{{<〔]\s*{_TEST}[\s_-]{{0,3}}(?:required|needed|必須|必要|必须|waived\s+until[^)」}}>〕]{{0,200}})\s*[)」}}>〕]"
    rf"|==\s*{_TEST}\s+required\s*=="
    rf"|(?<![\w/])[#~:@]{_TEST}[_-](?:required|needed)\b"
)
_DENIED = lazily(r"\b(?:not?|none|without|nicht|kein|non|sin|sem)\b|不")
FIELD = lazily(r"\A(?P<name>[^:=|→?–—]{2,60}?)\s{0,9}(?:::|[:=→]|->|\?\s|\s[-–—]\s)\s{0,9}(?P<value>.*)")
# In the middle of a line only what nobody writes but for us.
INNER_FIELD = lazily(
    rf"(?:^|[;,.|/·•({{—–-])\s{{0,4}}[\"']?(?:(?:regression|unit|automated|integration)\s+)?{_TEST}(?:\s+required)?[\"']?\s?[:=]{{1,2}}"
    rf"[\s;\"']{{0,4}}(?:(?:required|waived\s+until[^;|]{{0,200}}){_GOES_ON}|{NODE_ID}|yes\s*(?:[;|)]|$))"
)
# A row of something that is no table of Markdown: a key in front, `required` at the end.
LOOSE_ROW = lazily(r"\A\W{0,4}[a-z]{1,10}-\d{1,4}\b.{0,400}(?:\t|,|;|\s{2})\s{0,40}required\W{0,4}\Z")
LIST_MARKER = lazily(r"(?:[-*+•:]|\d{1,9}[.)]|[a-z][.)])\s+|\[[ x~/-]?\]\s*", re.IGNORECASE)
QUOTE = lazily(r"[\s>]*")
_CODE = lazily(r"(?<!`)(`{1,9})(?!`)[^\n]{1,1000}?(?<!`)\1(?!`)")
_CODE_NAME = lazily(r"^([\s>*+-]{0,40}|[\s>]{0,40}\d{1,3}[.)]\s)`([^`\n]{2,40})`(\s{0,3}[:=])")
LINK = lazily(r"(?<!!)\[([^\[\]\n]{1,80})\](?:\([^()\s]{0,300}\)|\[[^\[\]\n]{0,80}\])")
INVISIBLE = lazily("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_ASIDE = lazily(r"\([^()\n]{0,60}\)|\[\d{1,3}\]|:[a-z][a-z0-9_+-]{1,40}:|[¹²³⁴⁵⁶⁷⁸⁹⁰]")
_NO_WORD = lazily(r"[\W\d_]+")
_SHORTCODE = lazily(
    r":(?!(?:white_check_mark|heavy_check_mark|ballot_box_with_check|check_mark):)[a-z][a-z0-9_+-]{1,40}:"
)
_PRONOUN = lazily(r",\s(?:we|it|they|i|this|that|there|but)\b")
_PREPOSITION = lazily(r"(?:by|before|until|for|once|as soon|and|with|after|when)\b")
_FOOTNOTE = lazily(r"\[\^[^\]\s]{1,40}\]")
_INNER_TAG = lazily(r"</?(?:b|i|em|strong|u|mark|code|kbd|span|font|small|sup|sub|ins|a|p|div|br)\b[^<>]{0,200}>", re.I)
_BREAK = lazily(r"<br\s{0,3}/?>", re.IGNORECASE)
_SIGNS = {
    ord(sign): one
    for signs, one in (("『《〈｛【", "["), ("』》〉｝】", "]"), ("\u2010\u2011\u2012", "-"))
    for sign in signs
}
STRUCK = lazily(r"~~[^~\n]+~~|<(del|s|strike)\b[^<>]{0,80}>.{0,400}?</\1\s{0,8}>", re.IGNORECASE)
LONGEST = 60
OFTEN = 80
"""Lines up to this length are remembered."""


def strip_marks(folded: str) -> tuple[str, bool]:
    """Return a line without quotes, list markers and checkboxes, and whether it has such a marker."""
    rest = folded[QUOTE.match(folded).end() :]  # type: ignore[union-attr]
    is_listed = False
    while (marker := LIST_MARKER.match(rest)) is not None:
        rest, is_listed = rest[marker.end() :], True
    return rest, is_listed


def fold_line(line: str) -> str:
    """Return a line as people read it: no case, width, entities, invisible characters, emphasis, escapes and struck-out text."""
    if "~~" in line or "<" in line:
        line = STRUCK.sub(" ", line)
        line = _INNER_TAG.sub(" ", _BREAK.sub("; ", line))
    if "&" in line:
        line = unescape(line)
    if not line.isascii():
        line = INVISIBLE.sub("", unicodedata.normalize("NFKC", line)).translate(_SIGNS)
    return line.replace("*", "").replace("\\", "").replace("__", "").casefold()


def split_cells(folded: str) -> list[str]:
    """Return the cells of a table row, or of what looks like one."""
    row = QUOTE.sub("", folded, count=1).strip()
    row = re.sub(r"^(?:[-*+]|\d{1,9}[.)])\s+(?=\|)", "", row)
    if row.startswith("|"):
        row = row[1:]
    if row.endswith("|"):
        row = row[:-1]
    return [cell.strip() for cell in row.split("|")]


def strip_code(line: str) -> str:
    """Return a line without what is between backticks; a name before a colon stays."""
    if "`" not in line:
        return line
    line = _CODE_NAME.sub(r"\1\2\3", line, count=1)
    return _CODE.sub(" ", line)


def clean_name(name: str) -> str:
    """Return a name without links, footnotes, brackets, shortcodes, numbers and punctuation."""
    if "[" in name:
        name = _FOOTNOTE.sub("", LINK.sub(r"\1", name))
    name = _ASIDE.sub(" ", name)
    return " ".join(_NO_WORD.sub(" ", name).split())


@lru_cache(maxsize=4096)
def is_asking_name(name: str) -> bool:
    """Return whether the head of a column or the name of a field asks for a test: "Regression test required?"."""
    if len(name) > 2 * LONGEST:
        return False
    plain = clean_name(name)
    return 0 < len(plain) <= LONGEST and _ASKING_NAME.match(plain) is not None


@lru_cache(maxsize=4096)
def is_bare_name(name: str) -> bool:
    """Return whether a name is only "test", which also names an environment, a step or a result."""
    return _BARE_NAME.match(clean_name(name)) is not None


@lru_cache(maxsize=4096)
def is_asking_value(value: str) -> bool:
    """Return whether a value of such a name asks for a test: `required`, `yes (unit)`, a waiver, a node id."""
    value = _SHORTCODE.sub("", _FOOTNOTE.sub("", value)).strip()
    bare = value.strip(" \t`_~\"'([<>")
    return _ASKING_VALUE.match(bare) is not None or _ASKING_VALUE.match(value.strip(" \t`_")) is not None


@lru_cache(maxsize=4096)
def is_sure_value(cell: str) -> bool:
    """Return whether a cell asks for a test whatever its column is called."""
    bare = _SHORTCODE.sub("", _FOOTNOTE.sub("", cell)).strip(" \t`_~\"'([<>.!)]")
    found = _SURE_VALUE.match(bare)
    if found is None:
        return False
    rest = bare[found.end() :].lstrip()
    return bare.startswith("waived") or len(rest) < 2 or rest.startswith(("(", "["))


@lru_cache(maxsize=4096)
def is_whole_value(value: str) -> bool:
    """Return whether a value asks for a test and says nothing else, but for a remark."""
    bare = _SHORTCODE.sub("", _FOOTNOTE.sub("", value)).strip(" \t`_~\"'")
    found = _ASKING_VALUE.match(bare)
    if found is None:
        return False
    rest = bare[found.end() :].lstrip(" `_~\"'")
    if _PRONOUN.match(rest) is not None:
        return False
    return (
        bare.startswith("waived")
        or rest[:1] in ("", "(", "[", ",", ";", ".", "!", "—", "–", "}", ")")
        or (_PREPOSITION.match(rest) is not None)
    )


def find_flag(folded: str) -> str | None:
    """Return the first flag of a folded line that asks for a test, or None."""
    for found in FLAG.finditer(folded):
        value = found.group("value")
        if value is not None and not is_asking_value(value):
            continue
        if _DENIED.search(found.group("lead") or found.group("before") or "") is not None:
            continue
        end = max(found.end(), folded.find("]", found.start()) + 1)
        if folded[end : end + 1] == "(" and len(_NO_WORD.split(folded[found.end() : end - 1].strip())) > 2:
            continue  # a link with words of its own
        return shorten(folded[found.start() : end])
    return None


def shorten(text: str) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= LONGEST else folded[: LONGEST - 1] + "…"
