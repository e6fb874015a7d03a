"""The elements of an e-invoice, by the names that its rules call them by."""

from collections.abc import Iterator

_NAMESPACES = {
    "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2": "cbc:",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2": "cac:",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2": "ext:",
    "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2": "",
    "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2": "",
    "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100": "rsm:",
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100": "ram:",
    "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100": "udt:",
    "urn:un:unece:uncefact:data:standard:QualifiedDataType:100": "qdt:",
}


class Element:
    """An element with what is in it. `name` has the prefix that its rules give it, whatever the file does: `cbc:ID`.

    `namespace` is its address; an element of none that is known is called by it (`{urn:...}ID`). What is found by a path
    (`cac:Party/cbc:EndpointID`) is below this element, in the order of the file. One that stands for an element of another form of
    invoice knows it as its `origin`.
    """

    __slots__ = ("attributes", "children", "name", "namespace", "origin", "parent", "text")

    def __init__(
        self, tag: str, attributes: dict[str, str], parent: "Element | None", origin: "Element | None" = None
    ) -> None:
        self.namespace, _, local = tag.removeprefix("{").rpartition("}")
        prefix = _NAMESPACES.get(self.namespace)
        self.name = tag if prefix is None else prefix + local
        self.attributes = attributes
        self.parent = parent
        self.origin = origin
        self.children: list[Element] = []
        self.text = ""

    @property
    def local(self) -> str:
        """Its name without any prefix."""
        return self.name.rpartition("}")[2].rpartition(":")[2]

    @property
    def where(self) -> str:
        """The way to it, with its number where it is one of several: `Invoice/cac:InvoiceLine[2]/cac:Price`."""
        if self.origin is not None:
            return self.origin.where
        if self.parent is None:
            return self.name
        alike = [one for one in self.parent.children if one.name == self.name]
        number = f"[{next(at for at, one in enumerate(alike, 1) if one is self)}]" if len(alike) > 1 else ""
        return f"{self.parent.where}/{self.name}{number}"

    def at(self, path: str) -> str:
        """Where the first one is; or, where there is none, would be."""
        found = self.first(path)
        return found.where if found else f"{self.where}/{path}"

    def all(self, path: str) -> Iterator["Element"]:
        name, _, rest = path.partition("/")
        for child in self.children:
            if child.name == name:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def first(self, path: str) -> "Element | None":
        return next(self.all(path), None)

    def value(self, path: str) -> str:
        """The text of the first one, empty where there is none."""
        found = self.first(path)
        return found.text if found else ""

    def values(self, path: str) -> tuple[str, ...]:
        """The texts of all of them that have one."""
        return tuple(one.text for one in self.all(path) if one.text)

    def whole(self) -> Iterator["Element"]:
        """Itself and all below it, in the order of the file."""
        stack = [self]
        while stack:
            found = stack.pop()
            yield found
            stack.extend(reversed(found.children))
