"""Forms to log what happened elsewhere."""

from console.pages.records import pages
