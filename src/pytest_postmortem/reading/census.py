"""Every place of a document that asks for a test, found from its raw lines.

The net under the structured reading: it shares no code with it, knows nothing of sections and items, and so finds what
a broken table or a strange heading hides. What it finds and no action item accounts for is an error.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum
from html import unescape
from itertools import pairwise
from typing import NamedTuple

__all__ = ["Kind", "Place", "find_places"]


class Kind(Enum):
    """What a place is. Only an item of that very row accounts for a ROW; of each other kind but TEXT an item has one."""

    ROW = "row of a table"
    ITEM = "list item with words of its own"
    FIELD = "field of an item"
    TEXT = "text"


class Place(NamedTuple):
    """A place that asks for a test, at the 1-based `line` of the file; `text` is what asks, shortened."""

    line: int
    text: str
    kind: Kind = Kind.TEXT


# Every form below holds one of these, beside one of those signs.
_WORDS = (b"test", b"required", b"prueba")
_FOREIGN_WORDS = tuple(map(str.encode, ("テスト", "测试", "測試", "테스트", "ｅｓｔ", "ＥＳＴ")))
_LEAD = b"([{<>#~@\x8c\x94\x90\xbb"  # or the last byte of a bracket of other scripts
_BEHIND = re.compile(
    rb"[^\n|:=,;.)0-9]{0,28}?(?:[|:=?]|->|\xe2\x80\x93|\xe2\x80\x94|\xe2\x86\x92|\xef\xbc\x9a|\xef\xbd\x9c|\s-\s|</)"
)
_SEPARATOR = re.compile(r"[:=→]|->|\s[-–—]\s|\?\s")
_WINDOW = 28
_SHORT = 48
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
_ASKING_NAME = re.compile(rf"\A(?:{_BESIDE}[ /]*){{0,4}}{_TEST}(?:[ /]*{_BESIDE}){{0,4}}\Z")
_BARE_NAME = re.compile(r"\A(?:unit |automated |regression )?(?:tests?|テスト|测试|테스트)\Z")
_REQUIRED = (
    r"(?:required|requires?|needed|needs|mandatory|mandatroy|must[- ]have|must|yes|true|y|x|ja|oui|sí|si|sim|да|waived|erforderlich|nötig|"
    r"notwendig|pflicht|requis|nécessaire|obligatorio|necesario|obrigatório|necessário|требуется|req[’'.]?d?|req\w{2,7}ed|"
    r"[✓✔✅☑○◯◎〇]\ufe0f?|:(?:white_check_mark|heavy_check_mark|ballot_box_with_check|check_mark):|(?:- )?\[x\]|"
    r"必須|必要|要|はい|あり|有|필수|필요|예|네|是|必须|需要)"
)
_NODE_ID = r"[^\s,;|`<>()\[\]:\"']{1,300}\.(?:[a-z]\w{0,9}(?:::[^\s,;|`<>()\[\]:\"']+)+|py\b)"
_ASKING_VALUE = re.compile(rf"\A(?:{_REQUIRED}(?![\w/-])(?!\s*(?:no|not)\b)|{_NODE_ID})")
_SURE_VALUE = re.compile(r"\A(?:required|waived\s{1,9}(?:(?:until|till|to|through)\s{1,9})?\d)(?![\w-])")
_GOES_ON = r"(?=\s*(?:[\])}.,;:!(\[—–\"]|$)|\s+(?:by|before|until|for|once|in|as|and|with|after|when)\b)"

# A flag in brackets that says "test" and "required", whatever is written beside.
_FLAG = re.compile(
    rf"\[(?P<lead>[^\[\]\n]{{0,60}}?){_TEST}[\s\W_]{{0,4}}(?:is\s+|are\s+)?(?:req(?!uirement)\w*|needed|mandatory|waived|"
    rf"erforderlich|nötig|notwendig|必須|必要|必须|需要|필수){_GOES_ON}"
    rf"|\[(?P<before>[^\[\]\n]{{0,20}}?){_TEST}(?:\s*required)?\s*[:=]{{1,2}}\s*(?P<value>[^\[\]]{{0,400}})"
    rf"|\[\s*tests?\s+(?P<node>{_NODE_ID})"
    rf"|\[\s*(?:requires?|required|needs?|要|需要)[\s_:=-]{{0,4}}(?:an?\s+)?(?:(?:regression|unit|automated|integration)\s+)?{_TEST}\s*\]"
    rf"|[(「{{<〔]\s*{_TEST}[\s_-]{{0,3}}(?:required|needed|必須|必要|必须|waived\s+until[^)」}}>〕]{{0,200}})\s*[)」}}>〕]"
    rf"|==\s*{_TEST}\s+required\s*=="
    rf"|(?<![\w/])[#~:@]{_TEST}[_-](?:required|needed)\b"
)
_DEFINITION = re.compile(
    r"<dt\b[^<>]{0,80}>(.{1,80}?)(?:</dt>\s{0,8})?<dd\b[^<>]{0,80}>(.{1,200}?)(?:</dd>|$)", re.IGNORECASE
)
_DENIED = re.compile(r"\b(?:not?|none|without|nicht|kein|non|sin|sem)\b|不")
_FIELD = re.compile(r"\A(?P<name>[^:=|→?–—]{2,60}?)\s{0,9}(?:::|[:=→]|->|\?\s|\s[-–—]\s)\s{0,9}(?P<value>.*)")
# In the middle of a line only what nobody writes but for us.
_INNER_FIELD = re.compile(
    rf"(?:^|[;,.|/·•({{—–-])\s{{0,4}}[\"']?(?:(?:regression|unit|automated|integration)\s+)?{_TEST}(?:\s+required)?[\"']?\s?[:=]{{1,2}}"
    rf"[\s;\"']{{0,4}}(?:(?:required|waived\s+until[^;|]{{0,200}}){_GOES_ON}|{_NODE_ID}|yes\s*(?:[;|)]|$))"
)
# A row of something that is no table of Markdown: a key in front, `required` at the end.
_LOOSE_ROW = re.compile(r"\A\W{0,4}[a-z]{1,10}-\d{1,4}\b.{0,400}(?:\t|,|;|\s{2})\s{0,40}required\W{0,4}\Z")
_KEY = re.compile(
    r"(?:^|[{,\[\s-])[\"']?(?P<name>[a-z][a-z0-9_ -]{2,40})[\"']?\s*[:=]\s*(?P<value>[^,}\n]*)", re.IGNORECASE
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_YAML_COMMENT = re.compile(r"(?:^|\s)#")
_WAIVED_KEY = re.compile(r"[\"']?waived[_-]?until[\"']?\s*:")

_LIST_MARKER = re.compile(r"(?:[-*+•:]|\d{1,9}[.)]|[a-z][.)])\s+|\[[ x~/-]?\]\s*", re.IGNORECASE)
_STAR = re.compile(r"^([\s>]*)\*\s")
_QUOTE = re.compile(r"[\s>]*")
_CODE = re.compile(r"(?<!`)(`{1,9})(?!`)[^\n]{1,1000}?(?<!`)\1(?!`)")
_CODE_NAME = re.compile(r"^([\s>*+-]{0,40}|[\s>]{0,40}\d{1,3}[.)]\s)`([^`\n]{2,40})`(\s{0,3}[:=])")
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]{1,80})\](?:\([^()\s]{0,300}\)|\[[^\[\]\n]{0,80}\])")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_ASIDE = re.compile(r"\([^()\n]{0,60}\)|\[\d{1,3}\]|:[a-z][a-z0-9_+-]{1,40}:|[¹²³⁴⁵⁶⁷⁸⁹⁰]")
_NO_WORD = re.compile(r"[\W\d_]+")
_SHORTCODE = re.compile(
    r":(?!(?:white_check_mark|heavy_check_mark|ballot_box_with_check|check_mark):)[a-z][a-z0-9_+-]{1,40}:"
)
_PRONOUN = re.compile(r",\s(?:we|it|they|i|this|that|there|but)\b")
_PREPOSITION = re.compile(r"(?:by|before|until|for|once|as soon|and|with|after|when)\b")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,40}\]")
_INNER_TAG = re.compile(
    r"</?(?:b|i|em|strong|u|mark|code|kbd|span|font|small|sup|sub|ins|a|p|div|br)\b[^<>]{0,200}>", re.I
)
_BREAK = re.compile(r"<br\s{0,3}/?>", re.IGNORECASE)
_SIGNS = {
    ord(sign): one
    for signs, one in (("『《〈｛【", "["), ("』》〉｝】", "]"), ("\u2010\u2011\u2012", "-"))
    for sign in signs
}
_STRUCK = re.compile(r"~~[^~\n]+~~|<(del|s|strike)\b[^<>]{0,80}>.{0,400}?</\1\s{0,8}>", re.IGNORECASE)
_RULE = re.compile(r"[\s|:+=-]+")
_FENCE = re.compile(r"\A[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}|~{3,})([^\n]*)")
_CELL = re.compile(r"<t([hd])\b[^<>]{0,300}>(.*?)(?=</t[hd]\b|<t[hdr]\b|</t|$)", re.IGNORECASE | re.DOTALL)
_ROW = re.compile(r"<tr\b", re.IGNORECASE)
_ITEM_KEY = re.compile(r"[a-z]{1,10}-\d{1,4}|#?\d{1,3}\.?")
_NAMES_REQUIRED = re.compile(
    r"\A(?:is |are )?(?:required|mandatory|necessary|optional|必須|必要|approval|review|reboot|restart|downtime)\b"
)
_TEST_REQUIRED = re.compile(r"\Atests?\s(?:is\s)?required\W{0,4}\Z")
_NODE = re.compile(rf"\A[`\s]{{0,4}}{_NODE_ID}")
_ACTION_NAME = re.compile(
    r"\A(?:action(?: items?)?|owner|assignee|due(?: date)?|deadline|responsible|task|tasks|item|id|ai|対策|担当|担当者|期限|アクション|maßnahme|"
    r"verantwortlich|fällig|acción|responsable|ação|措施|负责人|조치|담당)\Z"
)
_PAIR_NAME = re.compile(r"\A(?:fields?|values?|propert(?:y|ies)|keys?|attributes?|details?|name|items?|info|)\Z")
# A fence that a documentation tool reads as text: ```{note}
_DIRECTIVE = re.compile(
    r"\{?(?:note|tip|warning|important|caution|danger|attention|hint|admonition|seealso|todo|tab-item|tab-set|card|grid|dropdown|"
    r"list-table|table|csv-table|details|topic|sidebar|margin|tasklist)\b|\[tasklist\]"
)
_COMMENT = re.compile(
    r"^[ \t]{0,12}\[(?://|comment|_)[^\]\n]{0,40}\]:\s?[#<][^\n]*|%%.{0,2000}?%%|\{/\*.{0,2000}?\*/\}|"
    r"\{%-?\s*comment.{0,2000}?endcomment\s*-?%\}|<(?P<tag>pre|code|del|s|strike)\b[^<>]{0,80}>.{0,2000}?</(?P=tag)\s{0,8}>",
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)
_HIDES = ("```", "~~~", "<!--", "%%", "{/*", "{%", "<pre", "<code", "<del", "<s", "[//", "[comment", "[_")
_LONGEST = 60
_FAR = 4000
_LINES_ABOVE = 40


def find_places(text: str, body_line: int = 1, *, data: bool = False) -> list[Place]:
    """Every place of `text` that asks for a test, in order, each line once.

    Front matter ends before line `body_line`; with `data` all of the text is a YAML or JSON file. Code, HTML comments,
    struck-out text and what is quoted in backticks are no places.
    """
    if "│" in text or "｜" in text:
        text = text.replace("│", "|").replace("｜", "|")
    if "\u200b" in text or "\u00ad" in text:
        text = _INVISIBLE.sub("", text)
    candidates = _find_candidates(text)
    if not candidates:
        return []
    lines = text.split("\n")
    front = len(lines) if data else body_line - 1
    places = _find_in_front_matter(lines, [number for number in candidates if number < front])
    if front < len(lines):
        found = _find_in_body(lines, front, candidates)
        if found and any(sign in text for sign in _HIDES):
            found = _find_in_body([*lines[:front], *_mask(lines[front:])], front, candidates)
        places += found
    return places


def _find_candidates(text: str) -> list[int]:
    """The numbers, from 0, of the lines that may ask: a quick look, which finds none in most documents."""
    data = text.encode("utf-8", "replace")  # looking for words is quickest in bytes
    lowered = data.lower()
    starts: set[int] = set()
    for word in _WORDS if len(data) == len(text) else (*_WORDS, *_FOREIGN_WORDS):
        position = lowered.find(word)
        while position >= 0:
            end = position + len(word)
            before = lowered[max(position - _WINDOW, 0) : position]
            start = lowered.rfind(b"\n", 0, position) + 1
            line_end = lowered.find(b"\n", end)
            if (
                line_end - start < _SHORT
                or b"[" in before
                or b"&" in before
                or b"|" in before
                or before.rstrip(b" *_`\\")[-1:] in _LEAD
                or _BEHIND.match(lowered, end, end + _WINDOW)
            ):
                starts.add(start)
                end = line_end
                if end < 0:
                    break
            position = lowered.find(word, end)
    numbers: list[int] = []
    line = passed = 0
    for start in sorted(starts):
        end = data.find(b"\n", start)
        if _may_ask(data[start : end if end >= 0 else len(data)].decode()):
            line += data.count(b"\n", passed, start)
            passed = start
            numbers.append(line)
    return numbers


def _may_ask(raw: str) -> bool:
    """Whether a line may ask by itself, is the head of a table whose cells do, or names what the next line says."""
    folded = _fold(raw)
    if "[" in folded or "<t" in folded or "<d" in folded or "(test" in folded[-8:] or _find_flag(folded) is not None:
        return True
    if "|" in folded and any(
        _is_asking_name(cell) or _is_sure_value(cell) or _INNER_FIELD.search(cell) or ".py::" in cell
        for cell in _split_cells(folded)
    ):
        return True
    rest = _strip_marks(folded)[0].strip(" #`_:")
    if _is_asking_name(rest) or _is_sure_value(rest) or _LOOSE_ROW.match(folded) is not None:
        return True
    return _INNER_FIELD.search(folded) is not None or any(
        _is_asking_value(behind.strip(" \t{")) for behind in _SEPARATOR.split(folded)[1:]
    )


def _strip_marks(folded: str) -> tuple[str, bool]:
    """A line without quotes, list markers and checkboxes, and whether it has such a marker."""
    rest = folded[_QUOTE.match(folded).end() :]  # type: ignore[union-attr]
    is_listed = False
    while (marker := _LIST_MARKER.match(rest)) is not None:
        rest, is_listed = rest[marker.end() :], True
    return rest, is_listed


def _find_in_body(lines: list[str], front: int, candidates: list[int]) -> list[Place]:
    found: dict[int, Place] = {}
    wanted = [number for number in candidates if number >= front]
    asking = {number for number in wanted if "|" in lines[number]}
    if any("<t" in lines[number].lower() for number in wanted):
        found.update((place.line, place) for place in _find_in_html_tables(lines, front))
    if asking:
        for place in _find_in_tables(lines, front, asking):
            found.setdefault(place.line, place)
    for place in _find_in_lines(lines, wanted):
        found.setdefault(place.line, place)
    return [found[line] for line in sorted(found)]


def _mask(lines: list[str]) -> list[str]:
    """The lines without fenced code and HTML comments; what is opened and never closed hides nothing."""
    if any("```" in line or "~~~" in line for line in lines):
        lines = _mask_fences(lines)
    whole = _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), "\n".join(lines))
    if "<!--" not in whole:
        return whole.split("\n")
    parts: list[str] = []
    position = 0
    while (begun := whole.find("<!--", position)) >= 0:
        if _is_in_code(whole, begun):
            parts.append(whole[position : begun + 4])
            position = begun + 4
            continue
        ended = whole.find("-->", begun + 4)
        if ended < 0:
            break
        parts += (whole[position:begun], "\n" * whole.count("\n", begun, ended))
        position = ended + 3
    return ("".join(parts) + whole[position:]).split("\n")


def _is_in_code(whole: str, position: int) -> bool:
    """Whether a position is between two backticks of its line."""
    start = max(whole.rfind("\n", 0, position) + 1, position - _FAR)
    end = whole.find("\n", position, position + _FAR)
    return whole.count("`", start, position) % 2 == 1 and "`" in whole[position : end if end >= 0 else position + _FAR]


def _mask_fences(lines: list[str]) -> list[str]:
    masked = list(lines)
    opened, mark = -1, ""
    for number, line in enumerate(lines):
        fence = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if fence is None:
            continue
        if not mark:
            if (fence.group(1)[0] == "~" or "`" not in fence.group(2)) and not _DIRECTIVE.match(fence.group(2).strip()):
                opened, mark = number, fence.group(1)
        elif fence.group(1).startswith(mark) and not fence.group(2).strip():
            masked[opened : number + 1] = [""] * (number + 1 - opened)
            mark = ""
    return masked


def _fold(line: str) -> str:
    """A line as people read it: no case, width, entities, invisible characters, emphasis, escapes and struck-out text."""
    if "~~" in line or "<" in line:
        line = _STRUCK.sub(" ", line)
        line = _INNER_TAG.sub(" ", _BREAK.sub("; ", line))
    if "&" in line:
        line = unescape(line)
    if not line.isascii():
        line = _INVISIBLE.sub("", unicodedata.normalize("NFKC", line)).translate(_SIGNS)
    return line.replace("*", "").replace("\\", "").replace("__", "").casefold()


def _without_code(line: str) -> str:
    """A line without what is between backticks; a name before a colon stays."""
    if "`" not in line:
        return line
    line = _CODE_NAME.sub(r"\1\2\3", line, count=1)
    return _CODE.sub(" ", line)


def _plain_name(name: str) -> str:
    """A name without links, footnotes, brackets, shortcodes, numbers and punctuation."""
    if "[" in name:
        name = _FOOTNOTE.sub("", _LINK.sub(r"\1", name))
    name = _ASIDE.sub(" ", name)
    return " ".join(_NO_WORD.sub(" ", name).split())


def _is_asking_name(name: str) -> bool:
    """Whether the head of a column or the name of a field asks for a test: "Regression test required?"."""
    if len(name) > 2 * _LONGEST:
        return False
    plain = _plain_name(name)
    return 0 < len(plain) <= _LONGEST and _ASKING_NAME.match(plain) is not None


def _is_bare_name(name: str) -> bool:
    """Whether a name says "test" alone, which also names an environment, a step or a result."""
    return _BARE_NAME.match(_plain_name(name)) is not None


def _is_asking_value(value: str) -> bool:
    """Whether a value beneath such a name asks for a test: `required`, `yes (unit)`, a waiver, a node id."""
    value = _SHORTCODE.sub("", _FOOTNOTE.sub("", value)).strip()
    bare = value.strip(" \t`_~\"'([<>")
    return _ASKING_VALUE.match(bare) is not None or _ASKING_VALUE.match(value.strip(" \t`_")) is not None


def _is_sure_value(cell: str) -> bool:
    """Whether a cell asks for a test whatever its column is called."""
    bare = _SHORTCODE.sub("", _FOOTNOTE.sub("", cell)).strip(" \t`_~\"'([<>.!)]")
    found = _SURE_VALUE.match(bare)
    if found is None:
        return False
    rest = bare[found.end() :].lstrip()
    return bare.startswith("waived") or len(rest) < 2 or rest.startswith(("(", "["))


def _is_whole_value(value: str) -> bool:
    """Whether a value asks for a test and says nothing else, but for a remark."""
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


def _find_in_front_matter(lines: list[str], wanted: list[int]) -> list[Place]:
    places = []
    is_of_items = any(
        "action" in line.lower() or "items" in line.lower() for line in lines[: max(wanted, default=-1) + 1]
    )
    for number in wanted:
        line = _YAML_COMMENT.split(lines[number], maxsplit=1)[0]
        asks = _find_flag(_fold(line))
        if asks is None:
            for found in _KEY.finditer(line):
                name = _CAMEL.sub(" ", found.group("name")).casefold()
                value = found.group("value").casefold().strip(" \"'{[")
                if _is_bare_name(name) and not _is_sure_value(value) and not is_of_items:
                    continue  # `test: true` of something else
                if _is_asking_name(name) and (_is_asking_value(value) or _WAIVED_KEY.match(value)):
                    asks = _shorten(found.group().strip(" ,{[-"))
                    break
        if asks is not None:
            places.append(Place(number + 1, asks))
    return places


def _find_flag(folded: str) -> str | None:
    """The first flag of a folded line that asks for a test, or None."""
    for found in _FLAG.finditer(folded):
        value = found.group("value")
        if value is not None and not _is_asking_value(value):
            continue
        if _DENIED.search(found.group("lead") or found.group("before") or "") is not None:
            continue
        end = max(found.end(), folded.find("]", found.start()) + 1)
        if folded[end : end + 1] == "(" and len(_NO_WORD.split(folded[found.end() : end - 1].strip())) > 2:
            continue  # a link with words of its own
        return _shorten(folded[found.start() : end])
    return None


def _find_in_lines(lines: list[str], wanted: list[int]) -> Iterator[Place]:
    """Flags and fields of lines and list items; a flag may be broken over two lines, and so may a field."""
    for number in wanted:
        raw = lines[number]
        if not raw or _is_code_line(lines, number):
            continue
        folded = _fold(_without_code(_STAR.sub(r"\1- ", raw, count=1)))
        begun = max(folded.rfind("["), folded.rfind("("))
        if begun >= 0 and "]" not in folded[begun:] and ")" not in folded[begun:] and number + 1 < len(lines):
            folded += " " + _fold(_without_code(lines[number + 1])).lstrip(" \t>")
        rest, is_listed = _strip_marks(folded)
        asks = _find_flag(rest)
        if asks is not None:
            words = re.findall(r"\w{2,}", _FLAG.sub(" ", rest))
            yield Place(number + 1, asks, Kind.ITEM if is_listed and len(words) > 1 else Kind.TEXT)
        elif (asks := _find_field(raw, rest)) is not None:
            yield Place(number + 1, asks, Kind.FIELD)
        elif (inner := _INNER_FIELD.search(_fold(raw.replace("**", "; ")))) is not None:
            yield Place(number + 1, _shorten(inner.group().lstrip(" ;,.|/·•({—–-")))
        elif _LOOSE_ROW.match(folded) is not None:
            yield Place(number + 1, _shorten(rest))
        elif _is_sure_value(rest) and is_listed and len(rest) < _LONGEST:
            yield Place(number + 1, _shorten(rest), Kind.FIELD)
        elif (below := _find_value_below(lines, number, rest)) is not None:
            yield Place(below + 1, _shorten(f"{rest.strip(' #:*_')}: {lines[below].strip()}"), Kind.FIELD)


def _find_field(raw: str, rest: str) -> str | None:
    """A field that asks for a test: `Test: required`. A heading is one only if it says nothing else."""
    if "|" in rest or (rest.startswith("# ") and "#" not in rest[1:]):
        return None
    if "<dt" in raw or "<DT" in raw:
        pair = _DEFINITION.search(_STRUCK.sub(" ", raw))
        name, value = (_fold(pair.group(1)), _fold(pair.group(2))) if pair is not None else ("", "")
        return _shorten(f"{name}: {value}") if _is_asking_name(name) and _is_whole_value(value) else None
    field = _FIELD.match(_LINK.sub(r"\1", rest.lstrip("#")))
    if field is None or not _is_asking_name(field.group("name")) or not _is_whole_value(field.group("value").strip()):
        return None
    return _shorten(rest)


def _find_value_below(lines: list[str], number: int, rest: str) -> int | None:
    """The line below a name alone in its line (`Test:`, `#### Test`) that holds what it asks for, or None."""
    name = rest.strip(" #:*_?")
    if not name or len(name) > _LONGEST or not _is_asking_name(name):
        return None
    for below in range(number + 1, min(number + 4, len(lines))):
        if lines[below].strip(" \t>"):
            value = _strip_marks(_fold(lines[below]))[0].strip()
            return below if len(value) < 2 * _LONGEST and _is_whole_value(value) else None
    return None


def _is_code_line(lines: list[str], number: int) -> bool:
    """Whether a line is indented code: by four or more behind an empty line, below what introduces an example.

    A list or a table that is only indented too far is none, and neither is the content of an admonition or a list.
    """
    raw = lines[number].expandtabs(4)
    indent = len(raw) - len(raw.lstrip(" "))
    if indent < 4:
        return False
    is_listed = raw.lstrip().startswith("|") or _LIST_MARKER.match(raw.lstrip()) is not None
    apart = False
    for above in reversed(lines[max(number - _LINES_ABOVE, 0) : number]):
        text = above.strip()
        if not text:
            apart = True
            continue
        if len(above.expandtabs(4)) - len(above.expandtabs(4).lstrip(" ")) >= 4:
            is_listed = is_listed or _LIST_MARKER.match(text) is not None
            continue
        if not apart or _LIST_MARKER.match(text) or text.startswith(("!!!", "???", "===", ":::")):
            return False
        return text.endswith((":", "\uff1a")) or not is_listed
    return not is_listed


def _split_cells(folded: str) -> list[str]:
    """The cells of a table row, or of what looks like one."""
    row = _QUOTE.sub("", folded, count=1).strip()
    row = re.sub(r"^(?:[-*+]|\d{1,9}[.)])\s+(?=\|)", "", row)
    if row.startswith("|"):
        row = row[1:]
    if row.endswith("|"):
        row = row[:-1]
    return [cell.strip() for cell in row.split("|")]


def _find_in_tables(lines: list[str], front: int, candidates: set[int]) -> Iterator[Place]:
    """Cells that ask, in whatever looks like a table: what lies between its head and a row does not end it."""
    head: list[str] = []
    asking: list[int] = []
    previous, last = "", -1
    for number in range(front, len(lines)):
        raw = lines[number]
        if _is_rule(raw) or (previous and ("-" in raw or "=" in raw) and not raw.strip(" \t>-=:")):
            if previous and (number - 1 == last or "=" in raw):
                head, asking = _read_head(_split_cells(_fold(previous)))
                previous = ""
            continue
        if "|" not in raw:
            if raw.lstrip(" >").startswith("#"):
                head, asking = [], []
            if raw.strip():
                previous = ""
            continue
        if previous and not head and number - 1 in candidates:
            head, asking = _read_head(_split_cells(_fold(previous)))  # a head without a rule below it
            head = head if asking else []
        last = number
        if not asking and number not in candidates:
            previous = raw
            continue
        cells = _split_cells(_fold(raw))
        is_head = number + 1 < len(lines) and _is_rule(below := lines[number + 1]) and ("|" in below or "=" in below)
        previous = raw
        asks = None
        if is_head:
            if _is_row_as_head(cells, lines, number):
                asks = _find_in_cells(cells, [], [])
            elif len(cells) == 2 and _is_asking_name(cells[0]) and _is_whole_value(cells[1]):
                asks = f"{cells[0]}: {cells[1]}"
        elif not asking and sum(map(bool, head)) <= 1 and _is_head_cells(cells):
            head, asking = _read_head(cells)  # behind an empty head, as exports write it
            asks = None if asking else _find_in_cells(cells, head, asking)
        else:
            asks = _find_in_cells(cells, head, asking)
        if asks is not None:
            yield Place(number + 1, _shorten(asks), Kind.ROW)


def _is_head_cells(cells: list[str]) -> bool:
    """Whether the cells of a row are the head of its table: one of them is a name that asks for a test."""
    return len(cells) > 2 and any(map(_is_asking_name, cells)) and _ITEM_KEY.fullmatch(cells[0].strip("`_")) is None


def _read_head(cells: list[str]) -> tuple[list[str], list[int]]:
    """A head, and the places of its columns that ask for a test: a `Test` alone only beside columns of action items."""
    is_of_actions = any(_ACTION_NAME.match(_plain_name(cell)) for cell in cells)
    asking = [
        place
        for place, name in enumerate(cells)
        if _is_asking_name(name) and (is_of_actions or not _is_bare_name(name) or len(cells) < 2)
    ]
    return cells, asking


def _is_rule(line: str) -> bool:
    """Whether a line is the rule between the head of a table and its rows, or between the rows of a grid."""
    return (
        ("-" in line or "=" in line)
        and ("|" in line or "+" in line)
        and _RULE.fullmatch(line.strip(" \t>")) is not None
    )


def _is_row_as_head(cells: list[str], lines: list[str], number: int) -> bool:
    """Whether the head of a table is a row of it: its first cell is the key of an item, or its column goes on alike."""
    sure = [place for place, cell in enumerate(cells) if _is_sure_value(cell)]
    if not sure:
        return False
    if _ITEM_KEY.fullmatch(cells[0].strip("`_")) is not None:
        return True
    below = [_split_cells(_fold(line)) for line in lines[number + 2 : number + 5] if "|" in line]
    return any(" " in cell for cell in cells) and any(
        place < len(row) and _is_sure_value(row[place]) for row in below for place in sure
    )


def _find_in_cells(cells: list[str], head: list[str], asking: list[int]) -> str | None:
    """What of a row asks for a test, or None. Where the row does not fit its head, any of its cells may be the one."""
    fits = len(cells) == len(head)
    is_of_actions = _ITEM_KEY.fullmatch(cells[0].strip("`_")) is not None or any(
        _ACTION_NAME.match(_plain_name(name)) for name in head
    )
    for place, cell in enumerate(cells):
        if not cell:
            continue
        below = head[place] if place < len(head) else ""
        if place in asking or (asking and not fits):
            if _is_asking_value(cell) and (place in asking or _is_whole_value(cell)):
                return cell
        elif (
            (
                _is_sure_value(cell)
                and not _is_naming_required(below)
                and (is_of_actions or not fits or not below or _is_asking_name(below))
            )
            or (cell.startswith("test") and _TEST_REQUIRED.match(cell))
            or (not below and _NODE.match(cell) and is_of_actions and not fits)
        ):
            return cell
        flag = _find_flag(_without_code(cell))
        if flag is not None:
            return flag
    if _is_asking_name(cells[0]):
        if len(cells) == 2 and _PAIR_NAME.match(_plain_name(head[0]) if head else "") and _is_whole_value(cells[1]):
            return f"{cells[0]}: {cells[1]}"
        if head and not head[0] and len(cells) > 2 and (said := next(filter(_is_whole_value, cells[1:]), None)):
            return f"{cells[0]}: {said}"
    return None


def _is_naming_required(name: str) -> bool:
    """Whether the head of a column says what is required, and not that a test is: "Required?", "Approval"."""
    return _NAMES_REQUIRED.match(_plain_name(name)) is not None


def _find_in_html_tables(lines: list[str], front: int) -> Iterator[Place]:
    """Cells that ask in tables of HTML, each at the line of its row."""
    whole = "\n".join(lines[front:])
    head: list[str] = []
    asking: list[int] = []
    lowered = whole.lower()
    starts = [found.start() for found in _ROW.finditer(whole)]
    for start, end in pairwise((*starts, len(whole))):
        ended = lowered.find("</table", start, end)
        row = whole[start : ended if ended >= 0 else end]
        found = [(kind.lower(), _fold(" ".join(cell.split())).strip()) for kind, cell in _CELL.findall(row)]
        cells = [cell for _, cell in found]
        if not cells:
            continue
        if all(kind == "h" for kind, _ in found) or (not head and any(_is_asking_name(cell) for cell in cells)):
            if len(cells) == 2 and _is_asking_name(cells[0]) and _is_whole_value(cells[1]):
                yield Place(front + whole.count("\n", 0, start) + 1, _shorten(f"{cells[0]}: {cells[1]}"), Kind.ROW)
                continue
            if _ITEM_KEY.fullmatch(cells[0]) is None:
                head, asking = _read_head(cells)
                continue
        asks = _find_in_cells(cells, head, asking)
        if asks is not None:
            yield Place(front + whole.count("\n", 0, start) + 1, _shorten(asks), Kind.ROW)


def _shorten(text: str) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= _LONGEST else folded[: _LONGEST - 1] + "…"
