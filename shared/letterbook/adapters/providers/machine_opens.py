"""Which openings and clicks are a program's, by what it calls itself: they say nothing of a reader.

Mail programs and their servers load pictures before anybody looks, or in a reader's place, and scanners follow every link to look
for harm. crawler-user-agents (monperrus/crawler-user-agents, the list that many share) knows programs in general, and what is a
telephone; the table knows those of mail, which are in no such list.
"""

import re

# Beyond that no program writes its name; a longer one is looked at as far as this.
_LONGEST = 2000

# An agent that names no program, or only what all call themselves. So does Apple's Mail Privacy Protection ("Use Mail Privacy
# Protection on Mac", Apple Support), which loads all pictures of a mail when it comes in.
_BARE = re.compile(r"[\s-]*(?:mozilla(?:/[\d.]+)?(?: \(compatible;?\))?)?[\s-]*", re.IGNORECASE)

# Each in lower case, as it stands within what it calls itself.
_PROGRAMS = (
    # Gmail's image proxy ("Images in Gmail", Google Workspace Admin Help); the second is how it loads before anybody opens.
    "googleimageproxy",
    "ggpht.com",
    "edge/12.246 mozilla/5.0",
    # Yahoo's ("Yahoo Mail proxy", help.yahoo.com, SLN28749).
    "yahoomailproxy",
    "yahoocachesystem",
    # Microsoft's: Outlook on the web, previews, Safe Links ("Safe Links in Microsoft Defender for Office 365", Microsoft Learn).
    # Outlook on a desk calls itself `ms-office; MSOffice 16`, and is a reader's.
    "msoffice rmj",
    "outlookproxy",
    "bingpreview",
    "skypeuripreview",
    "safelinks",
    "office existence discovery",
    "office protocol discovery",
    # Scanners of mail, by their makers' names.
    "proofpoint",
    "urldefense",
    "barracuda",
    "mimecast",
    "messagelabs",
    "symantec email",
    "ironport",
    "cisco-esa",
    "cisco secure email",
    "fireeye",
    "trellix",
    "trendmicro",
    "trend micro",
    "sophos email",
    "forcepoint",
    "websense",
    "fortimail",
    "fortisandbox",
    "zerospam",
    "cloudmark",
    "vadesecure",
    "vade secure",
    "hornetsecurity",
    "trustwave",
    "spamtitan",
    "avanan",
    "ironscales",
    "abnormalsecurity",
    "mailguard",
    "spamhaus",
    "virustotal",
    "urlscan",
    # Libraries of programs that name nobody behind them.
    "curl/",
    "wget/",
    "libwww",
    "python-requests",
    "python-urllib",
    "python-httpx",
    "aiohttp",
    "go-http-client",
    "okhttp",
    "apache-httpclient",
    "axios/",
    "node-fetch",
    "undici",
    "guzzlehttp",
    "winhttp",
    "powershell",
    "headlesschrome",
    "phantomjs",
    "puppeteer",
    "playwright",
    "selenium",
)
# What a program is in general. A robot says its version, or where one reads of it: CUBOT is a telephone, Robot and Abbott names.
_KINDS = re.compile(
    r"crawler|spider|scanner|\bjava/\d|(?<!cu)bot(?:/\d|[;)]? ?\(?\+http)|image[ -]?proxy|link[ -]?preview|prefetch"
)


def is_machine(user_agent: str) -> bool:
    """Whether a program opened or clicked, as far as `user_agent` tells."""
    agent = user_agent[:_LONGEST]
    if _BARE.fullmatch(agent):
        return True
    lower = agent.lower()
    return any(one in lower for one in _PROGRAMS) or bool(_KINDS.search(lower)) or _is_listed(agent)


def _is_listed(agent: str) -> bool:
    # It reads half a megabyte, 20 ms: only for who asks.
    from crawleruseragents import is_crawler

    return bool(is_crawler(agent))
