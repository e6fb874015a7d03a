"""The language of templates: variables, conditions and a few filters of Jinja2, and nothing that repeats or calls.

Whoever writes templates is trusted with words, not with the function's time and memory: without loops, assignments, calls and
arithmetic, what a template makes is never longer than its source and its values are.
"""

from jinja2 import Environment, nodes

from letterbook.domain.templates import UnknownVariable
from letterbook.domain.text import check_template

_WORDS = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Concat)
_CONDITIONS = (nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Test)
_FILTERS = frozenset(
    {"upper", "lower", "title", "capitalize", "trim", "default", "d", "truncate", "date", "money", "number", "table"}
)


def parsed(environment: Environment, source: str) -> nodes.Template:
    """Raises UnknownVariable for `party.name`, ValueError for what else the language does not have, jinja2's TemplateSyntaxError
    for what is no template at all, and TextLimit for more code than anybody reads.
    """
    check_template(source)
    tree = environment.parse(source)
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Filter):
            if node.name not in _FILTERS:
                known = ", ".join(sorted(_FILTERS))
                raise ValueError(f"Line {node.lineno}: there is no filter {node.name}; there are {known}.")
        elif isinstance(node, nodes.Getattr) and (name := _dotted(node)):
            raise UnknownVariable(name, node.lineno)
        elif not isinstance(node, (*_WORDS, *_CONDITIONS)):
            what = type(node).__name__.lower()
            raise ValueError(f"Line {node.lineno}: a template has variables, conditions and filters, and no {what}.")
    return tree


def _dotted(node: nodes.Expr) -> str:
    """`party.name` as it is written; empty for what is no name with names behind it."""
    if isinstance(node, nodes.Name):
        return node.name
    before = _dotted(node.node) if isinstance(node, nodes.Getattr) else ""
    return f"{before}.{node.attr}" if before and isinstance(node, nodes.Getattr) else ""
