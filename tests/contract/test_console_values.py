"""Whatever anybody writes into a form, or into an address: it is refused as theirs, and never becomes a defect of ours.

The forms are those of the pages themselves, found by following every link.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest

from letterbook.adapters import aws
from letterbook.domain.access import Grant
from letterbook.domain.party import Party, PartyKind
from letterbook.domain.recipients import Quarantine
from letterbook.domain.status import Status
from tests.acting import a_case, a_contact, a_document, a_party, a_template, an_email, send
from tests.browsing import Browser, Tokens
from tests.builders import NOW, deed
from tests.cloud import WorldForTests
from tests.contract.asking import ADMIN, created
from tests.contract.test_console_pages import LOG, entered
from tests.contract.test_console_people import a_thread, ref
from tests.crawling import Form, crawl

LONG = 5_000
BAD = (
    "\u3000",
    "x" * LONG,
    "²",
    "9" * LONG,
    "٣",
    "-1",
    "9999-12-31T23:59",
    "0001-01-01",
    "\0",
    "a\r\nSet-Cookie: b=c",
    "pty_01JD4QK8V3M2N7R5T9W1X3Y5Z7",
)

import json
def check(params, **_):
    body = json.loads(params["body"])
    def keys(o):
        if isinstance(o, dict):
            for n, v in o.items():
                if n in ("Key", "ExclusiveStartKey"):
                    yield from v.values()
                elif n == "Keys":
                    for k in v: yield from k.values()
                elif n == "KeyConditionExpression":
                    vals = o.get("ExpressionAttributeValues", {})
                    for m in re.findall(r":\w+", v): yield vals[m]
                elif n == "Item":
                    continue
                else:
                    yield from keys(v)
        elif isinstance(o, list):
            for x in o: yield from keys(x)
    for k in keys(body):
        if "S" in k and not 0 < len(k["S"].encode()) <= 1024:
            raise ValueError("ValidationException key of %d bytes" % len(k["S"].encode()))

def test_walk(world, jane, people):
    import time
    ids = people
    priya = a_party(world, name="Priya Raman")
    bank = a_party(world, PartyKind.CREDITOR, name="Northmoor Bank", email="team@bank.example")
    contact = a_contact(world, priya)
    case = a_case(world, priya, creditors=(bank,), reference="DC-1", title="Debt")
    a_document(world, party_id=priya.id)
    a_template(world)
    thread = a_thread(world, priya, "Payments")
    send(world, an_email(priya, thread_id=thread.id, case_id=case.id))
    created(ADMIN.post("/v1/communications", {"channel": "email", "party_id": priya.id, "subject": "s", "body": "b", "send_now": False}))
    created(ADMIN.post("/v1/communications", {"channel": "manual", "party_id": priya.id, "subject": "s", "body": "b"}))
    created(ADMIN.post("/v1/communications", {"channel": "phone", "direction": "outbound", "party_id": priya.id, "body": "b", "occurred_at": "2026-11-19T10:00:00Z"}))
    entered(world, 5, status=Status.FAILED, party=ref(priya))
    entered(world, 6, status=Status.SCHEDULED, party=ref(priya))
    created(ADMIN.post("/v1/todos", {"title": "Ring", "party_id": priya.id}))

    aws.dynamodb().client.meta.events.register("before-call.dynamodb", check, unique_id="keys")
    t = time.time()
    seen = list(crawl(jane, ["/work", LOG, "/compose", "/log/call", "/log/meeting", "/log/note", "/log/inbound", "/templates", "/settings", "/people", "/parties", "/cases"]))
    forms = [f for a, n, fs in seen for f in fs]
    print(time.time() - t, len(seen), len(forms), sum(len(f.values) for f in forms), sum(len(n) for a, n, f in seen))
    t = time.time()
    count = 0
    import collections
    bad = collections.Counter(); codes = collections.Counter()
    for address, names, _ in seen:
        for name in names:
            for value in BAD:
                q = [(n, v) for n, v in parse_qsl(urlsplit(address).query, keep_blank_values=True) if n != name] + [(name, value)]
                a = jane.get(urlsplit(address).path + "?" + urlencode(q)); count += 1
                codes[a.status] += 1
                if a.status >= 500: bad[("GET", urlsplit(address).path, name, value[:20])] += 1
    print(time.time() - t, count, codes)
    t = time.time()
    codes.clear()
    for form in forms:
        for where, values in form.sends():
            for name in values:
                for value in BAD:
                    sent = {**values, name: [value]}
                    a = jane.post(where, sent) if form.method == "POST" else jane.get(where.partition("?")[0] + "?" + urlencode(sent, doseq=True))
                    count += 1
                    codes[a.status] += 1
                    if a.status >= 500: bad[(form.method, where[:60], name, value[:20])] += 1
            if form.buttons and len(form.values) > 10 and len(list(form.sends()))>3: break
    print(time.time() - t, count, codes)
    for one in bad: print(one)
