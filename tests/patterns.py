"""Every regular expression of the package, and hostile text made from each: what its parts match, repeated."""

from __future__ import annotations

import ast
import builtins
import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

import pytest_postmortem

SOURCE = Path(pytest_postmortem.__file__).parent
METHODS = ("match", "fullmatch", "search", "split", "findall", "finditer", "sub", "subn")
PROGRAMS = ("__main__", "supervisor")
"""Modules that run when they are imported."""
_ONE = (op.NOT_LITERAL, op.IN, op.ANY, op.CATEGORY)
ENDS = ("", "\x00", "\n!", "!")
ALPHABET = " \t\n\"'!#$%&()*+,-./0129:;<=>?@ABCXYZ[\\]^_`abcxyz{|}~é年（、·–☐\x00"  # noqa: RUF001
ALONE = ' \n\ta0([|*_-`.:/>#~"\\'


class Pattern(NamedTuple):
    """An expression of the source, the methods that are called on it, and where it is."""

    place: str
    compiled: re.Pattern[Any]
    methods: tuple[str, ...]


class _Word(str):
    """A text whose attributes are texts, too."""

    __slots__ = ()

    def __getattr__(self, name: str) -> str:
        return self


class _Samples(dict[str, Any]):
    """The local names of an expression: a word each, except those that the module or Python knows."""

    def __init__(self, known: Mapping[str, Any], sample: str | bytes) -> None:
        self._known = known
        self._sample = sample

    def __missing__(self, name: str) -> Any:
        if name in self._known or hasattr(builtins, name):
            raise KeyError(name)
        return self._sample


def find_patterns() -> tuple[list[Pattern], list[str]]:
    """All expressions that the modules compile or hand to a function of `re`, and the places of those not understood."""
    sources = {file: file.read_text(encoding="utf-8") for file in sorted(SOURCE.rglob("*.py"))}
    everything = "\n".join(sources.values())
    found, left = [], []
    for file, text in sources.items():
        calls = list(_calls(ast.parse(text)))
        if not calls or file.stem in PROGRAMS:
            left += [f"{file}:{call.lineno}" for call, _, _ in calls]
            continue
        name = ".".join(("pytest_postmortem", *file.relative_to(SOURCE).with_suffix("").parts))
        module = importlib.import_module(name.removesuffix(".__init__"))
        for call, method, target in calls:
            place = f"{file.relative_to(SOURCE).as_posix()}:{call.lineno}"
            compiled = _compiled(call, vars(module))
            if compiled is None:
                left.append(place)
                continue
            used = (method,) if method in METHODS else _methods(target, text, everything)
            found.append(Pattern(place, compiled, used))
    return found, left


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str, str]]:
    """The calls that take an expression: the call, the function's name, and the name that the result is bound to."""
    bound = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            targets, values = node.targets[0], node.value
            pairs = (
                zip(targets.elts, values.elts, strict=False)
                if isinstance(targets, ast.Tuple) and isinstance(values, ast.Tuple)
                else [(targets, values)]
            )
            for target, value in pairs:
                bound[id(value)] = (
                    target.id
                    if isinstance(target, ast.Name)
                    else target.attr
                    if isinstance(target, ast.Attribute)
                    else ""
                )
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        match node.func:
            case ast.Attribute(value=ast.Name(id="re"), attr=attr) if attr in ("compile", *METHODS):
                yield node, attr, bound.get(id(node), "")
            case ast.Name(id="lazily"):
                yield node, "compile", bound.get(id(node), "")


def _compiled(call: ast.Call, known: dict[str, Any]) -> re.Pattern[Any] | None:
    places = [*call.args[1:], *(one.value for one in call.keywords if one.arg == "flags")]
    flags = next((one for one in places if re.match(r"re\.[A-Z]|flags", ast.unparse(one))), None)
    for sample in (_Word("word"), b"word"):
        samples = _Samples(known, sample)
        try:
            source = eval(ast.unparse(call.args[0]), known, samples)
            return re.compile(source, eval(ast.unparse(flags), known, samples) if flags is not None else 0)
        except Exception:  # of another type, or made of what only the function knows
            continue
    return None


def _methods(name: str, here: str, everywhere: str) -> tuple[str, ...]:
    """The methods that are called on the pattern `name`; all that scan where it is used in another way."""
    if not name:
        return ("search",)
    text = here if name.startswith("_") else everywhere
    used = set(re.findall(rf"\b{name}\.({'|'.join(METHODS)})\b", text))
    other = len(re.findall(rf"\b{name}\b(?!\.(?:{'|'.join(METHODS)}|pattern)\b)", text)) > 1
    return tuple(sorted(used | ({"search"} if other or not used else set())))


def find_hostile(pattern: re.Pattern[Any]) -> list[tuple[str, str, str]]:
    """Texts as (beginning, what is repeated, end), made from the pattern's own parts."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = _parser.parse(source, pattern.flags & ~re.UNICODE & ~re.DEBUG)
    random = Random(7)
    literals = sorted(set(_literals(tree)))
    near = "".join(sorted({*"".join(literals)}))
    found: dict[tuple[str, str, str], None] = {("", char, "\x00"): None for char in ALONE}
    found |= {("", word, "\x00"): None for word in literals[:16]}
    found |= {("", pair, "\x00"): None for char in near[:24] for pair in (f"{char} ", f"{char}a")}
    for before, body in _repeats(tree, []):
        pumps = {"".join(_sample(node, random, near) for node in body) or " " for _ in range(4)}
        if len(body) == 1 and body[0][0] in _ONE:
            pumps |= {char for char in {*near, " ", "\n"} if _fits(*body[0], char)}
        pumps |= {"".join(_sample(node, random, char) for node in one) for one in _ways(body) for char in near[:16]}
        for pumped in sorted(pumps)[:16]:
            for end in ENDS:
                begin = "".join(_sample(node, random, near) for node in before)
                found |= {(begin, pumped, end): None, ("", begin + pumped, end): None}
            found[("", begin + pumped * 3, "")] = None
    for _ in range(2):
        whole = "".join(_sample(node, random, near) for node in tree) or " "
        found |= {("", whole, end): None for end in ENDS}
        found[("", whole[: len(whole) // 2] or whole, "\x00")] = None
        found[("", whole[:-1] or whole, "")] = None
    return [one for one in found if one[1]]


def _ways(nodes: Any) -> list[Any]:
    """The alternatives of a part that is a choice."""
    while len(nodes) == 1 and nodes[0][0] is op.SUBPATTERN:
        nodes = nodes[0][1][3]
    return nodes[0][1][1] if len(nodes) == 1 and nodes[0][0] is op.BRANCH else []


def _repeats(nodes: Any, before: list[Any]) -> Iterator[tuple[list[Any], Any]]:
    """Each part that may be repeated often, with the parts that come before it."""
    before = list(before)
    for node in nodes:
        kind, value = node
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            if value[1] is op.MAXREPEAT or value[1] > 8:
                yield before, value[2]
            yield from _repeats(value[2], before)
        elif kind is op.SUBPATTERN:
            yield from _repeats(value[3], before)
        elif kind is op.BRANCH:
            for one in value[1]:
                yield from _repeats(one, before)
        elif kind is op.ATOMIC_GROUP:
            yield from _repeats(value, before)
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            yield from _repeats(value[1], before)
        before.append(node)


def _literals(nodes: Any) -> Iterator[str]:
    word = ""
    for kind, value in nodes:
        if kind is op.LITERAL:
            word += chr(value)
            continue
        if word:
            yield word
            word = ""
        if kind is op.SUBPATTERN:
            yield from _literals(value[3])
        elif kind is op.BRANCH:
            for one in value[1]:
                yield from _literals(one)
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            yield from _literals(value[2])
        elif kind is op.IN:
            yield from (chr(one[1]) for one in value if one[0] is op.LITERAL)
    if word:
        yield word


def _sample(node: Any, random: Random, near: str = "") -> str:
    """Text that one node of a parsed pattern matches, as far as it can be told without the others."""
    kind, value = node
    if kind is op.LITERAL:
        return chr(value)
    if kind in _ONE:
        fitting = [char for char in ALPHABET if _fits(kind, value, char)]
        preferred = [char for char in near if _fits(kind, value, char)]
        if preferred and random.random() < 0.6:
            return random.choice(preferred)
        if kind is op.IN and not fitting:
            fitting = [
                chr(one[1] if one[0] is op.LITERAL else one[1][0]) for one in value if one[0] in (op.LITERAL, op.RANGE)
            ]
        return random.choice(fitting or [" "])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        least, _, body = value
        times = least or random.choice((0, 1))
        return "".join(_sample(one, random, near) for _ in range(min(times, 5)) for one in body)
    if kind is op.SUBPATTERN:
        return "".join(_sample(one, random, near) for one in value[3])
    if kind is op.BRANCH:
        return "".join(_sample(one, random, near) for one in random.choice(value[1]))
    if kind is op.ATOMIC_GROUP:
        return "".join(_sample(one, random, near) for one in value)
    if kind is op.ASSERT and value[0] > 0:
        return ""
    return ""


def _fits(kind: Any, value: Any, char: str) -> bool:
    code = ord(char)
    if kind is op.ANY:
        return char != "\n"
    if kind is op.NOT_LITERAL:
        return code != value
    if kind is op.CATEGORY:
        return _in_category(value, char)
    negated = bool(value) and value[0][0] is op.NEGATE
    inside = any(
        (one == op.LITERAL and code == what)
        or (one == op.RANGE and what[0] <= code <= what[1])
        or (one == op.CATEGORY and _in_category(what, char))
        for one, what in value
        if one is not op.NEGATE
    )
    return inside != negated


def _in_category(category: Any, char: str) -> bool:
    name = str(category)
    inside = (
        char.isdecimal() if "DIGIT" in name else char.isspace() if "SPACE" in name else char.isalnum() or char == "_"
    )
    return inside != ("NOT" in name)


def find_calls(pattern: Pattern) -> list[Callable[[Any], Any]]:
    """What the package does with the pattern, and a search for it, which is how it may be used tomorrow."""
    compiled = pattern.compiled
    calls: list[Callable[[Any], Any]] = [lambda text: sum(1 for _ in compiled.finditer(text))]
    if set(pattern.methods) & {"match", "fullmatch"}:
        calls.append(compiled.match)
    if "fullmatch" in pattern.methods:
        calls.append(compiled.fullmatch)
    return calls


def make_text(pattern: re.Pattern[Any], hostile: tuple[str, str, str], size: int) -> Any:
    """A text of about `size` characters, or bytes where the pattern takes these."""
    beginning, repeated, end = hostile
    text = beginning + repeated * max(1, size // len(repeated)) + end
    return text if isinstance(pattern.pattern, str) else text.encode("utf-8", "surrogatepass")
