"""One correspondence: its page, and what is done with it."""

from console.pages.correspondence import actions, detail, email
