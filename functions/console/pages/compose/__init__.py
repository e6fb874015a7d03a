"""Composing: the form, its preview, its uploads."""

from console.pages.compose import pages, quick, uploads
