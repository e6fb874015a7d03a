"""Where the pages are that pages of other sections lead to."""

COMMUNICATIONS = "/communications"
