"""The application around the pages: sign-in, routing, security, assets, Jinja."""
