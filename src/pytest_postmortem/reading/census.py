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
_WORDS = (b"test", b"required")
_FOREIGN_WORDS = tuple(map(str.encode, ("テスト", "测试", "測試", "테스트", "ｔｅｓｔ", "Ｔｅｓｔ", "ＴＥＳＴ")))
_LEAD = b"([{<>#~@\x8c\x94\x90\xbb"  # or the last byte of a bracket of other scripts
_BEHIND = re.compile(rb"[^\n|:=,;.)0-9]{0,28}?(?:[|:=]|->|\xe2\x86\x92|\xef\xbc\x9a|\xef\xbd\x9c|\s-\s|</)")
_SEPARATOR = re.compile(r"[:=→]|->|\s-\s")
_WINDOW = 28
_TEST = r"(?:テスト|测试|測試|테스트|tests?|testes?|pruebas?)"
# The words beside "test" in a name that asks for one: "Regression test required?", "needs_a_test".
_BESIDE = (
    r"(?:regression|unit|automated|automatic|integration|e2e|end to end|acceptance|new|a|an|the|is|are|be|must have|has|have|"
    r"need|needs|needed|require|requires|required|requirement|requirements|mandatory|guard|guarding|with|by|y/n|yes/no|y|n|"
    r"erforderlich|requis|requise|requerida|requerido|obrigatorio|obligatorio|necesaria|回帰|回归|회귀|要否|必要|必須|要|"
    r"必须|需要|要求|필요|필수|여부)"
)
_ASKING_NAME = re.compile(rf"(?:{_BESIDE}[ /]*){{0,4}}{_TEST}(?:[ /]*{_BESIDE}){{0,4}}")
_REQUIRED = (
    r"(?:required|requires?|needed|needs|mandatory|must|yes|true|y|x|ja|oui|sí|si|sim|waived|erforderlich|requis|"
    r"obligatorio|obrigatório|[✓✔✅☑]\ufe0f?|:(?:white_check_mark|heavy_check_mark|ballot_box_with_check|check_mark):|\[x\]|"
    r"必須|必要|要|はい|필수|필요|예|是|必须|需要)"
)
_NODE_ID = r"[^\s,;|`<>()\[\]:\"']{1,300}\.(?:[a-z]\w{0,9}(?:::[^\s,;|`<>()\[\]:\"']+)+|py\b)"
_ASKING_VALUE = re.compile(rf"\A(?:{_REQUIRED}(?![\w/-])(?!\s*(?:no|not)\b)|{_NODE_ID})")
_SURE_VALUE = re.compile(r"(?:required|waived\s++(?:(?:until|till|to|through)\s*+)?\d)(?![\w-])")
_DENIED = re.compile(r"(?:not|no|none|nicht|non|不|なし)\b")

_OPEN, _CLOSE = r"[\[(【「{<〔]", r"[\])】」}>〕]"
_FLAG = re.compile(
    # [test required], (test required), 【test required】, [test: required], [tests waived until ...], [needs a test]
    rf"\[\s*(?:(?:regression|unit|automated|integration)\s+)?{_TEST}[\s_=-]*(?:is\s+)?(?:required|needed|mandatory|waived|"
    rf"必須|必要|必须|需要|필수)(?![\w-])"
    rf"|\[\s*(?:(?:regression|unit|automated|integration)\s+)?{_TEST}(?:\s*required)?\s*[:=]\s*(?P<value>[^\[\]]*)"
    rf"|\[\s*(?:requires?|required|needs?)[\s_:=-]*(?:an?\s+)?(?:(?:regression|unit|automated|integration)\s+)?{_TEST}\s*\]"
    rf"|[(【「{{<〔]\s*{_TEST}[\s_-]*(?:required|needed|waived\s+until[^)】」}}>〕]{{0,200}})\s*{_CLOSE}"
    rf"|(?<![\w/])[#~:@]{_TEST}[_-](?:required|needed)\b"
)
_FIELD = re.compile(r"\A(?P<name>[^:=|→]{2,60}?)\s*(?:[:=→]|->|\s-\s)\s*(?P<value>.*)")
# In the middle of a line only what nobody writes but for us.
_INNER_FIELD = re.compile(
    rf"(?:^|[;,.|/·•(—–-]\s*)(?:(?:regression|unit|automated|integration)\s+)?{_TEST}(?:\s+required)?\s*[:=]\s*"
    rf"(?:required|waived\s+until|{_NODE_ID})"
)
_KEY = re.compile(
    r"(?:^|[{,\[\s-])[\"']?(?P<name>[a-z][a-z0-9_ -]{2,40})[\"']?\s*[:=]\s*(?P<value>[^,}\n]*)", re.IGNORECASE
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_YAML_COMMENT = re.compile(r"(?:^|\s)#")
_WAIVED_KEY = re.compile(r"[\"']?waived[_-]?until[\"']?\s*:")

_LIST_MARKER = re.compile(r"(?:[-*+•:]|\d{1,9}[.)]|[a-z][.)])\s+|\[[ x~/-]?\]\s*", re.IGNORECASE)
_STAR = re.compile(r"^([\s>]*)\*\s")
_QUOTE = re.compile(r"[\s>]*")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,40}\]")
_INNER_TAG = re.compile(
    r"</?(?:b|i|em|strong|u|mark|code|kbd|span|font|small|sup|sub|ins|a|p|div|br)\b[^<>]{0,200}>", re.I
)
_STRUCK = re.compile(r"~~[^~\n]+~~|<(del|s|strike)\b[^<>]{0,80}>.{0,400}?</\1\s{0,8}>", re.IGNORECASE)
_RULE = re.compile(r"[\s|:+=-]+")
_FENCE = re.compile(r"\A[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}|~{3,})([^\n]*)")
_CELL = re.compile(r"<t([hd])\b[^<>]{0,300}>(.*?)(?=</t[hd]\b|<t[hdr]\b|</t|$)", re.IGNORECASE | re.DOTALL)
_ROW = re.compile(r"<tr\b", re.IGNORECASE)
_ITEM_KEY = re.compile(r"[a-z]{1,10}-\d{1,4}|#?\d{1,3}\.?")
_NAMES_REQUIRED = re.compile(r"required|mandatory|necessary|必須|必要|approval|optional")
_LONGEST = 60
_FAR = 4000
_LINES_ABOVE = 40


def find_places(text: str, body_line: int = 1, *, data: bool = False) -> list[Place]:
    """Every place of `text` that asks for a test, in order, each line once.

    Front matter ends before line `body_line`; with `data` all of the text is a YAML or JSON file. Code, HTML comments,
    struck-out text and what is quoted in backticks are no places.
    """
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
        if found and ("```" in text or "~~~" in text or "<!--" in text):
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
            if (
                b"[" in before
                or b"&#" in before
                or b"|" in before
                or before.rstrip(b" *_`\\")[-1:] in _LEAD
                or _BEHIND.match(lowered, end, end + _WINDOW)
            ):
                starts.add(lowered.rfind(b"\n", 0, position) + 1)
                end = lowered.find(b"\n", end)
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
    """Whether a line may ask by itself, or is the head of a table whose cells do."""
    folded = _fold(raw)
    if "[" in folded or "<t" in folded or "(test" in folded[-8:] or _find_flag(folded) is not None:
        return True
    if "|" in folded and any(_is_asking_name(cell) or _is_sure_value(cell) for cell in _split_cells(folded)):
        return True
    return _INNER_FIELD.search(folded) is not None or any(
        _is_asking_value(behind.strip(" \t{")) for behind in _SEPARATOR.split(folded)[1:]
    )


def _find_in_body(lines: list[str], front: int, candidates: list[int]) -> list[Place]:
    found: dict[int, Place] = {}
    wanted = [number for number in candidates if number >= front]
    asking = {number for number in wanted if "|" in lines[number]}
    if any("<t" in lines[number] or "<T" in lines[number] for number in wanted):
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
    if not any("<!--" in line for line in lines):
        return lines
    whole = "\n".join(lines)
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
            if fence.group(1)[0] == "~" or "`" not in fence.group(2):
                opened, mark = number, fence.group(1)
        elif fence.group(1).startswith(mark) and not fence.group(2).strip():
            masked[opened : number + 1] = [""] * (number + 1 - opened)
            mark = ""
    return masked


def _fold(line: str) -> str:
    """A line as people read it: no case, width, entities, invisible characters, emphasis, escapes and struck-out text."""
    if "~~" in line or "<" in line:
        line = _STRUCK.sub(" ", line)
        line = _INNER_TAG.sub(" ", line)
    if "&" in line:
        line = unescape(line)
    if not line.isascii():
        line = _INVISIBLE.sub("", unicodedata.normalize("NFKC", line))
    return line.replace("*", "").replace("\\", "").replace("__", "").casefold()


def _without_code(line: str) -> str:
    """A line without what is between backticks."""
    if "`" not in line:
        return line
    parts = line.split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = ["`".join(parts[-2:])]
    return "` `".join(parts[::2])


def _is_asking_name(name: str) -> bool:
    """Whether the head of a column or the name of a field asks for a test: "Regression test required?"."""
    plain = " ".join(re.sub(r"[\W_]+", " ", _FOOTNOTE.sub("", name).replace("/", " ")).split())
    return 0 < len(plain) <= _LONGEST and _ASKING_NAME.fullmatch(plain) is not None


def _is_asking_value(value: str) -> bool:
    """Whether a value beneath such a name asks for a test: `required`, `yes (unit)`, a waiver, a node id."""
    bare = _FOOTNOTE.sub("", value).strip(" \t`_~\"'([<>")
    return _ASKING_VALUE.match(bare) is not None or _ASKING_VALUE.match(value.strip(" \t`_")) is not None


def _is_sure_value(cell: str) -> bool:
    """Whether a cell asks for a test whatever its column is called."""
    bare = _FOOTNOTE.sub("", cell).strip(" \t`_~\"'([<>.!)]")
    found = _SURE_VALUE.match(bare)
    if found is None:
        return False
    rest = bare[found.end() :].lstrip()
    return bare.startswith("waived") or len(rest) < 2 or rest.startswith(("(", "["))


def _find_in_front_matter(lines: list[str], wanted: list[int]) -> list[Place]:
    places = []
    for number in wanted:
        line = _YAML_COMMENT.split(lines[number], maxsplit=1)[0]
        asks = _find_flag(_fold(line))
        if asks is None:
            for found in _KEY.finditer(line):
                name = _CAMEL.sub(" ", found.group("name")).casefold()
                value = found.group("value").casefold().strip(" \"'{[")
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
        return _shorten(folded[found.start() : max(found.end(), folded.find("]", found.start()) + 1)])
    return None


def _find_in_lines(lines: list[str], wanted: list[int]) -> Iterator[Place]:
    """Flags and fields of lines and list items; a flag may be broken over two lines."""
    for number in wanted:
        raw = lines[number]
        if not raw or _is_code_line(lines, number):
            continue
        folded = _fold(_without_code(_STAR.sub(r"\1- ", raw, count=1)))
        begun = max(folded.rfind("["), folded.rfind("("))
        if begun >= 0 and "]" not in folded[begun:] and ")" not in folded[begun:] and number + 1 < len(lines):
            folded += " " + _fold(_without_code(lines[number + 1])).lstrip(" \t>")
        rest = folded[_QUOTE.match(folded).end() :]  # type: ignore[union-attr]
        marked = False
        while (marker := _LIST_MARKER.match(rest)) is not None:
            rest, marked = rest[marker.end() :], True
        asks = _find_flag(rest)
        if asks is None and "|" not in rest and (field := _FIELD.match(rest)) is not None:
            value = field.group("value").strip()
            if _is_asking_name(field.group("name")) and _is_asking_value(value) and len(value) < 4 * _LONGEST:
                yield Place(number + 1, _shorten(rest), Kind.FIELD)
                continue
        if asks is None and (inner := _INNER_FIELD.search(rest)) is not None:
            asks = _shorten(rest[inner.start() :].lstrip(" ;,.|/·•(—–-"))
        if asks is not None:
            words = re.findall(r"\w{2,}", _FLAG.sub(" ", rest))
            yield Place(number + 1, asks, Kind.ITEM if marked and len(words) > 1 else Kind.TEXT)


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
                head = _split_cells(_fold(previous))
                asking = [place for place, name in enumerate(head) if _is_asking_name(name)]
                previous = ""
            continue
        if "|" not in raw:
            if raw.lstrip(" >").startswith("#"):
                head, asking = [], []
            if raw.strip():
                previous = ""
            continue
        if previous and not head and number - 1 in candidates:
            head = _split_cells(_fold(previous))  # a head without a rule below it
            asking = [place for place, name in enumerate(head) if _is_asking_name(name)]
            head = head if asking else []
        last = number
        if not asking and number not in candidates:
            previous = raw
            continue
        folded = _fold(raw)
        cells = _split_cells(folded)
        is_head = number + 1 < len(lines) and _is_rule(below := lines[number + 1]) and ("|" in below or "=" in below)
        asks = None if is_head and not _is_row_as_head(cells, lines, number) else _find_in_cells(cells, head, asking)
        previous = raw
        if asks is not None:
            yield Place(number + 1, _shorten(asks), Kind.ROW)


def _is_rule(line: str) -> bool:
    """Whether a line is the rule between the head of a table and its rows, or between the rows of a grid."""
    return (
        ("-" in line or "=" in line)
        and ("|" in line or "+" in line)
        and _RULE.fullmatch(line.strip(" \t>")) is not None
    )


def _is_row_as_head(cells: list[str], lines: list[str], number: int) -> bool:
    """Whether the head of a table is a row of it: its first cell is the key of an item."""
    return any(_is_sure_value(cell) for cell in cells) and (
        _ITEM_KEY.fullmatch(cells[0].strip("`_")) is not None
        or any(
            value in ("no", "required", "yes", "-")
            for below in lines[number + 2 : number + 5]
            if "|" in below
            for place, value in enumerate(_split_cells(_fold(below)))
            if place < len(cells) and _is_sure_value(cells[place])
        )
    )


def _find_in_cells(cells: list[str], head: list[str], asking: list[int]) -> str | None:
    """What of a row asks for a test, or None. Where the row does not fit its head, any of its cells may be the one."""
    fits = len(cells) == len(head)
    for place, cell in enumerate(cells):
        if not cell:
            continue
        below = head[place] if place < len(head) else ""
        if place in asking or (asking and not fits):
            if _is_asking_value(cell) and (place in asking or _is_whole_value(cell)):
                return cell
        elif _is_sure_value(cell) and not _NAMES_REQUIRED.search(below):
            return cell
        flag = _find_flag(_without_code(cell))
        if flag is not None:
            return flag
        if place == 0 and len(cells) == 2 and _is_asking_name(cell) and _is_asking_value(cells[1]):
            return f"{cell}: {cells[1]}"
    return None


def _is_whole_value(cell: str) -> bool:
    bare = _FOOTNOTE.sub("", cell).strip(" \t`_~\"'")
    found = _ASKING_VALUE.match(bare)
    return found is not None and (bare[found.end() :].lstrip()[:1] in ("", "(", "[") or bare.startswith("waived"))


def _find_in_html_tables(lines: list[str], front: int) -> Iterator[Place]:
    """Cells that ask in tables of HTML, each at the line of its row."""
    whole = "\n".join(lines[front:])
    head: list[str] = []
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
            head = cells
            if not any(_is_sure_value(cell) for cell in cells):
                continue
            head = []
        asks = _find_in_cells(cells, head, [place for place, name in enumerate(head) if _is_asking_name(name)])
        if asks is not None:
            yield Place(front + whole.count("\n", 0, start) + 1, _shorten(asks), Kind.ROW)


def _shorten(text: str) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= _LONGEST else folded[: _LONGEST - 1] + "…"
