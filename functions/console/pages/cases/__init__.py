"""Cases: their list and their page."""

from console.pages.cases import detail, list
