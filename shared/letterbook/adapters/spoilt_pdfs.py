"""What pypdf raises of PDFs that others spoilt, or wrote in a way that it does not know."""

from pypdf.errors import DependencyError, PyPdfError

__all__ = ["SPOILT", "DependencyError"]

# A DependencyError when a file is opened says that it is encrypted with AES: what opens that is not in our layers, and we have no
# password. NotImplementedError is for filters of which it never heard.
SPOILT = (
    PyPdfError,
    DependencyError,
    NotImplementedError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    OSError,
    ArithmeticError,
)
