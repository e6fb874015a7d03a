"""The language of templates: variables, conditions and a few filters of Jinja2, and nothing that repeats or calls.

Whoever writes templates is trusted with words, not with the function's time and memory: without loops, assignments, calls and
arithmetic, what a template makes is never longer than its source and its values are.
"""

from jinja2 import Environment, TemplateSyntaxError, nodes

from letterbook.adapters.rendering.mistakes import (
    FILTERS,
    explained,
    misplaced_tag,
    no_such_filter,
    not_in_the_language,
)
from letterbook.domain.text import check_template

_WORDS = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Concat)
_CONDITIONS = (nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Test)
# `d` is Jinja's own short word for `default`.
_FILTERS = frozenset({*FILTERS, "d"})


def parsed(environment: Environment, source: str) -> nodes.Template:
    """Raises TemplateFault for what the language does not have, UnknownVariable for a name that can be none, such as `party.name`,
    and TextLimit for more code than anybody reads.
    """
    check_template(source)
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError as wrong:
        raise explained(source, wrong, environment.parse) from None
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Filter):
            if node.name not in _FILTERS:
                of = node.node.name if isinstance(node.node, nodes.Name) else ""
                raise no_such_filter(node.name, of, node.lineno)
        elif isinstance(node, nodes.Name) and (fault := misplaced_tag(node.name, node.lineno)):
            raise fault
        elif not isinstance(node, (*_WORDS, *_CONDITIONS)):
            raise not_in_the_language(node)
    return tree
