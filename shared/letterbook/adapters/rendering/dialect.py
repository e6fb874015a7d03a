"""What of Markdown is a mark in a letter; everything else is what was typed (docs/templates.md has it in words, for people).

| written | becomes |
| --- | --- |
| `**words**`, `*words*`, `_words_`, at the borders of words and within a line | bold, emphasis |
| `# words` to `######`, at the beginning of a line | a heading |
| two or more lines one below the other with `- ` or `* ` | a list |
| two or more lines that count on, `4. ` and then `5. ` | a list with these numbers |
| `> ` before each line | a quotation, which ends with the last such line |
| a row of `|`, below it one of `|---|---|`, below that rows of no more cells | a table |
| in that second row `:--`, `:-:` or `--:` | a column at the left, in the middle, at the right |
| a line that holds only `[page break]` | in a letter a new page, elsewhere an empty line |
| `[words](https://...)`, with `mailto:` and `tel:` too | a link |

No backslash escapes, no entities, no code by backticks or by indentation, no rules, no underlined headings, no addresses in
angle brackets, no references, no HTML. A text keeps each line break that was typed. The source of a template is wrapped where its
author liked: a line break in a paragraph is a blank there, unless the line ends in a backslash or two blanks, or the next one
begins like an item of a list.

It is markdown-it with rules switched off, and rules of our own before those that stay: each asks whether this is meant, and lets
the parser's own do the work.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_block import StateBlock, blockquote, list_block, table
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from letterbook.adapters.rendering.inert import INERT, plain
from letterbook.domain.text import MAX_NESTING, too_complex

# In the parser's environment: whether each line break was meant.
KEEPS_BREAKS = "keeps_breaks"
# Of a block's text: what stands before each of its lines, and by how many columns each is indented.
BEFORE, INDENTS = "before", "indents"

# The token of what follows on a new page.
PAGE_BREAK = "page_break"

_BLOCKS = ("nesting", "table", "blockquote", "list", "heading", PAGE_BREAK, "paragraph")
_INLINE = ("text", "newline", "address", "emphasis", "link")

_BLANKS, HARD = re.compile("  +"), "\xa0"

_HEADING = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_BULLET = re.compile(r"([-*])[ \t]+(?=\S)")
_NUMBER = re.compile(r"([1-9]\d{0,8})\.[ \t]+(?=\S)")
_LIKE_AN_ITEM = re.compile(r"[ \t]*(?:\d{1,9}\.|\(?[0-9A-Za-z]{1,4}\)|[-*+\u2022\u2013])[ \t]")
_QUOTED = re.compile(r">(?:[ \t>]|$)")
_PAGE_BREAK = re.compile(r"\[page break\][ \t]*$", re.IGNORECASE)
_RULE_OF_TABLE = re.compile(r"[ \t:-]*\|[ \t|:-]*$")

# Scripts that write without blanks: their words have no borders to see.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
# Han and kana: lines of them are put together without a blank.
_IDEOGRAPH = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_WORD = rf"(?:[^\W_]|[{INERT}\u2190-\u2bff\U0001f000-\U0001faff])"
_OPENS = "(\\[{\"'<\u2013\u2014\u201c\u2018\u00ab\u2039\u201e\u201a"
_CLOSES = ")\\]}\"'>\u2013\u2014\u201d\u2019\u00bb\u203a.,;:!?\u2026\\-"
_BEFORE_OPENING = re.compile(rf"(?:^|[\s{_OPENS}{_UNSPACED}])[*_]*$")
_AFTER_OPENING = re.compile(rf"[*_]*[{_OPENS}\u00a3$\u20ac\u00a5\u00a7#@&+-]*{_WORD}")
_BEFORE_CLOSING = re.compile(r"[^\s(\[{\u201c\u2018\u00ab\u2039\u201e\u201a*_][*_]*$")
_AFTER_CLOSING = re.compile(rf"[*_]*(?:$|\\\n|[\s{_CLOSES}{_UNSPACED}])")
# So far is looked for a mark's neighbours, behind other marks.
_NEAR = 8

_ADDRESS = re.compile(rf"://[^\s<>]*[^\s*_<{_CLOSES}]")
_LINK = re.compile(r"\[([^\[\]]*+)\]\(([^\s()]*+(?:\([^\s()]*+\)[^\s()]*+)*+)\)")
_LEADS_SOMEWHERE = re.compile(r"(?:https?://|mailto:|tel:)[^\s\x00-\x1f\x7f]+", re.IGNORECASE)


@cache
def parser() -> MarkdownIt:
    made = MarkdownIt("zero", {"html": False, "breaks": True, "maxNesting": MAX_NESTING})
    block, inline = made.block.ruler, made.inline.ruler
    block.before("table", "nesting", _nesting)
    block.at("table", _table, {"alt": ["paragraph"]})
    block.at("blockquote", _quotation, {"alt": ["paragraph", "blockquote", "list"]})
    block.at("list", _list, {"alt": ["paragraph", "blockquote"]})
    block.at("heading", _heading, {"alt": ["paragraph", "blockquote"]})
    block.before("paragraph", PAGE_BREAK, _page_break, {"alt": ["paragraph"]})
    block.at("paragraph", _paragraph)
    block.enableOnly(_BLOCKS)
    inline.at("newline", _newline)
    inline.at("emphasis", _emphasis)
    inline.at("link", _link)
    inline.before("emphasis", "address", _address)
    inline.enableOnly(_INLINE)
    made.inline.ruler2.enableOnly(["balance_pairs", "emphasis", "fragments_join"])
    made.add_render_rule("text", _as_text_of_html)
    made.add_render_rule(PAGE_BREAK, lambda *_: "")
    made.add_render_rule("softbreak", lambda *_: "<br>\n")
    made.add_render_rule("indentation", lambda _self, tokens, at, *_: tokens[at].content)
    return made


def _as_text_of_html(_self: object, tokens: Sequence[Token], at: int, *_: object) -> str:
    """HTML shows one blank for many: all but the last of a run do not break."""
    return str(escapeHtml(_BLANKS.sub(lambda run: HARD * (len(run[0]) - 1) + " ", tokens[at].content)))


# ---- blocks


def _nesting(state: StateBlock, *_: object) -> bool:
    """Asked before every block. The parser itself leaves out what stands deeper, and a list goes two levels deeper at once."""
    if state.level >= MAX_NESTING - 2:
        raise too_complex("Quotes, lists and emphasis stand in each other more deeply than a text has them.")
    return False


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Up to the last row that fits: what follows it is no row with nothing but its first cell."""
    if start + 1 >= end or "|" not in _line(state, start) or not _RULE_OF_TABLE.match(_line(state, start + 1)):
        return False
    columns, last = _cells(_line(state, start)), start + 2
    while last < end and "|" in _line(state, last) and _cells(_line(state, last)) <= columns:
        last += 1
    begun = len(state.tokens)
    if not table(state, start, last, silent):
        return False
    for cell in state.tokens[begun:]:
        # By an attribute and not by a style: mail programs obey it, and the console's pages allow no styles.
        if cell.type in ("th_open", "td_open"):
            style = str(cell.attrs.pop("style", "text-align:left"))
            cell.attrs["align"] = style.removeprefix("text-align:")
    return True


def _cells(row: str) -> int:
    return row.strip().removeprefix("|").removesuffix("|").count("|") + 1


def _quotation(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """An answer below a quotation is no part of it."""
    last = start
    while last < end and state.sCount[last] >= state.blkIndent and _QUOTED.match(_line(state, last)):
        last += 1
        if silent:
            break
    return last > start and state.sCount[start] - state.blkIndent < 4 and blockquote(state, start, last, silent)


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return _is_list(state, start, end) and list_block(state, start, end, silent)


def _is_list(state: StateBlock, start: int, end: int) -> bool:
    """Two items at least, or one in an item of another list; numbers as a browser counts them."""
    first = _line(state, start)
    bullet, number = _BULLET.match(first), _NUMBER.match(first)
    found = bullet or number
    if not found or state.sCount[start] - state.blkIndent >= 4:
        return False
    items = 1
    for line in _beside(state, start, end, state.sCount[start] + found.end()):
        item = found.re.match(line)
        if not item or (bullet and item[1] != bullet[1]):
            break
        if bullet:
            return True
        if int(item[1]) != int(found[1]) + items:
            return False
        items += 1
    return items > 1 or bool(bullet and state.listIndent >= 0)


def _beside(state: StateBlock, start: int, end: int, inside: int) -> Iterator[str]:
    """The lines that follow and are indented less than `inside`, up to where no list goes on."""
    for line in range(start + 1, end):
        if state.isEmpty(line):
            if line + 1 < end and state.isEmpty(line + 1):
                return
        elif state.sCount[line] < state.blkIndent:
            return
        elif state.sCount[line] < inside:
            yield _line(state, line)


def _heading(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    found = _HEADING.match(_line(state, start))
    if not found or state.sCount[start] != state.blkIndent:
        return False
    if not silent:
        state.line = start + 1
        _push(state, f"h{len(found[1])}", "heading", start, _line(state, start)[found.end() :])
    return True


def _page_break(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """In no list and no quotation: it parts the letter."""
    if state.level or state.sCount[start] >= 4 or not _PAGE_BREAK.match(_line(state, start)):
        return False
    if not silent:
        state.line = start + 1
        state.push(PAGE_BREAK, "", 0).map = [start, state.line]
    return True


def _paragraph(state: StateBlock, start: int, end: int, *_: object) -> bool:
    """Its lines as they are; one that is indented less than the list around it is no part of that list."""
    ends, around = state.md.block.ruler.getRules("paragraph"), state.parentType
    state.parentType = "paragraph"
    last = start + 1
    while last < end and not state.isEmpty(last) and state.sCount[last] >= state.blkIndent:
        if any(rule(state, last, end, True) for rule in ends):
            break
        last += 1
    state.line, state.parentType = last, around
    _push(state, "p", "paragraph", start, "\n".join(_line(state, one) for one in range(start, last)))
    return True


def _push(state: StateBlock, tag: str, name: str, start: int, words: str) -> None:
    lines = range(start, state.line)
    state.push(f"{name}_open", tag, 1).map = [start, state.line]
    token = state.push("inline", "", 0)
    token.content, token.map, token.children = words, [start, state.line], []
    token.meta = {
        BEFORE: [_before(state, line) for line in lines],
        INDENTS: [max(0, state.sCount[line] - state.blkIndent) for line in lines],
    }
    state.push(f"{name}_close", tag, -1)


def _line(state: StateBlock, line: int) -> str:
    """Without what indents it."""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _before(state: StateBlock, line: int) -> str:
    """All that stands before its words: marks of quotations and lists, blanks."""
    begins = state.bMarks[line] + state.tShift[line]
    return state.src[state.src.rfind("\n", 0, begins) + 1 : begins]


# ---- words


def _newline(state: StateInline, _silent: bool) -> bool:
    if state.src[state.pos] != "\n":
        return False
    state.pos += 1
    if state.env[KEEPS_BREAKS]:
        _break(state)
        return True
    wrapped = state.pending
    words = wrapped.rstrip(" \t")
    if words.endswith("\\"):
        state.pending = words[:-1]
        _break(state)
    elif wrapped.endswith("  ") or _LIKE_AN_ITEM.match(state.src, state.pos):
        state.pending = words
        _break(state)
    else:
        following = state.src[state.pos : state.pos + 1]
        joins = _IDEOGRAPH.match(words[-1:]) and _IDEOGRAPH.match(following)
        state.pending = words if joins else f"{words} "
    return True


def _break(state: StateInline) -> None:
    """Nothing that opened before it closes behind it: marks are paired within each list of them."""
    state.push("softbreak", "br", 0)
    state.tokens_meta[-1] = {"delimiters": state.delimiters}
    state.delimiters = []


def _address(state: StateInline, _silent: bool) -> bool:
    """The rest of a bare address: nothing in it is a mark."""
    found = _ADDRESS.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    state.append_pending(found[0])
    state.pos = found.end()
    return True


def _emphasis(state: StateInline, _silent: bool) -> bool:
    mark = state.src[state.pos]
    if mark not in "*_":
        return False
    end = state.pos
    while end < state.posMax and state.src[end] == mark:
        end += 1
    run, most = end - state.pos, 3 if mark == "*" else 1
    before = state.src[max(0, state.pos - _NEAR) : state.pos]
    after = state.src[end : end + _NEAR]
    opens = run <= most and bool(_BEFORE_OPENING.search(before)) and bool(_AFTER_OPENING.match(after))
    closes = run <= most and bool(_BEFORE_CLOSING.search(before)) and bool(_AFTER_CLOSING.match(after))
    for _ in range(run):
        state.push("text", "", 0).content = mark
        if opens or closes:
            state.delimiters.append(
                Delimiter(marker=ord(mark), length=run, token=len(state.tokens) - 1, end=-1, open=opens, close=closes)
            )
    state.pos = end
    return True


def _link(state: StateInline, _silent: bool) -> bool:
    """Only to what leads somewhere: `see [3](a)` is a reference of lawyers."""
    found = _LINK.match(state.src, state.pos, state.posMax)
    if not found or state.linkLevel or not found[1].strip():
        return False
    address = plain(found[2])
    href = state.md.normalizeLink(address)
    if not _LEADS_SOMEWHERE.fullmatch(address) or not state.md.validateLink(href):
        return False
    end = state.posMax
    opening = state.push("link_open", "a", 1)
    opening.attrs, opening.meta = {"href": href}, {"address": address}
    state.linkLevel += 1
    state.pos, state.posMax = found.start(1), found.end(1)
    state.md.inline.tokenize(state)
    state.linkLevel -= 1
    state.push("link_close", "a", -1)
    state.pos, state.posMax = found.end(), end
    return True
