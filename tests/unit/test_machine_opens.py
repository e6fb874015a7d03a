"""Who opens: a reader by their program, or a program by itself."""

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.providers.machine_opens import is_machine
from tests.support.effort import bounded_effort

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko)"

MACHINES = [
    # Apple's Mail Privacy Protection, and agents that say nothing.
    "Mozilla/5.0",
    " Mozilla/5.0 ",
    "Mozilla/4.0",
    "Mozilla",
    "Mozilla/4.0 (compatible;)",
    "",
    " ",
    "-",
    # Gmail's, Yahoo's, Outlook's.
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edge/12.246 Mozilla/5.0",
    "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
    "Mozilla/4.0 (compatible; ms-office; MSOffice rmj)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
    f"Mozilla/5.0 {CHROME} Safari/537.36; compatible; BingPreview/1.0b",
    "Microsoft Office Existence Discovery",
    # Scanners of mail.
    "Proofpoint URL Defense",
    "BarracudaCentral",
    "Mozilla/5.0 (compatible; Mimecast)",
    "MessageLabs link follower",
    "Cisco IronPort",
    "Mozilla/5.0 (compatible; FireEye)",
    "Mozilla/5.0 (compatible; TrendMicro)",
    "Forcepoint",
    # Libraries and robots.
    "curl/8.5.0",
    "python-requests/2.32.3",
    "Go-http-client/1.1",
    "Java/17.0.9",
    "okhttp/4.12.0",
    "Wget/1.21.4",
    "libwww-perl/6.72",
    f"Mozilla/5.0 (X11; Linux x86_64) {CHROME.replace('Chrome', 'HeadlessChrome')} Safari/537.36",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "ExampleLinkBot/1.0",
    "Example (compatible; OurNewBot; +https://bot.example)",
    "ExampleCrawler",
]
READERS = [
    f"Mozilla/5.0 (Linux; Android 10; CUBOT NOTE 20) {CHROME} Mobile Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 9; CUBOT_NOTE_S) {CHROME} Mobile Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 9; CUBOT) {CHROME} Mobile Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 9; CUBOT Build/O11019) {CHROME} Mobile Safari/537.36",
    f"Mozilla/5.0 (Linux; U; Android 8.0; en; CUBOT/KING_KONG) {CHROME} Mobile Safari/537.36",
    "CUBOT",
    f"Mozilla/5.0 (Linux; Android 13; Robot One) {CHROME} Mobile Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 13; Abbott X2) {CHROME} Mobile Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {CHROME} Mobile Safari/537.36",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/138.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) {SAFARI} Mobile/15E148",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI}",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Thunderbird/140.5.0",
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Win64; x64; Trident/7.0; Microsoft Outlook 16.0; MSOffice 16)",
    "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
    "Outlook-iOS/2.0",
    "Outlook-Android/2.0",
    "Lotus-Notes/6.0; Windows-NT",
    "Dalvik/2.1.0 (Linux; U; Android 13; SM-G991B Build/TP1A)",
]


@pytest.mark.covers("F10")
@pytest.mark.parametrize("agent", MACHINES)
def test_a_program_that_opens_by_itself(agent: str) -> None:
    assert is_machine(agent)


@pytest.mark.covers("F10")
@pytest.mark.parametrize("agent", READERS)
def test_a_program_that_somebody_reads_with(agent: str) -> None:
    assert not is_machine(agent)


@given(st.text())
def test_whatever_it_calls_itself_is_read(agent: str) -> None:
    assert is_machine(agent) in (True, False)


@pytest.mark.parametrize("part", ["Mozilla/5.0 ", "- ", "bot", "a", "(compatible; ", "1.", "CUBOT/", "http://"])
def test_a_name_of_megabytes_takes_no_time(part: str) -> None:
    is_machine("x")
    with bounded_effort():
        is_machine(part * (1024 * 1024))
