"""Reads every .eml of a folder with Python's email package in its strict policy, and holds it against RFC 5322 and our rules."""

import email
import re
import sys
from email.policy import SMTP
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path

STRICT = SMTP.clone(raise_on_defect=True)
PLAIN_SPACE = re.compile(r" [:;!?»%€]|« |\d h\b")


class Page(HTMLParser):
    """The words of an HTML part, and what it would load."""

    def __init__(self):
        super().__init__()
        self.words, self.loads, self.schemes, self.hidden = [], [], [], False

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.hidden = tag in ("style", "title")
        if tag in ("script", "img", "link", "iframe", "object"):
            self.loads.append(tag)
        if tag == "meta" and attrs.get("name") == "color-scheme":
            self.schemes.append(attrs["content"])

    def handle_endtag(self, tag):
        self.hidden = False

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data)


def faults(raw):
    """What is wrong with a message."""
    for number, line in enumerate(raw.split(b"\r\n"), 1):
        if len(line) > 78:
            yield f"line {number} has {len(line)} bytes"
        if b"\n" in line or b"\r" in line:
            yield f"line {number} has a bare line end"
    if not raw.isascii():
        yield "it is not ASCII"
    message = email.message_from_bytes(raw, policy=STRICT)
    for part in message.walk():
        for defect in part.defects:
            yield f"defect: {defect!r}"
        for name, value in part.items():
            for defect in getattr(value, "defects", ()):
                yield f"defect of {name}: {defect!r}"
    for name in ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted"):
        if len(message.get_all(name, [])) != 1:
            yield f"{name} is not there once"
    if message["Auto-Submitted"] != "auto-generated":
        yield "it does not say that a program wrote it"
    if not re.fullmatch(r"<[0-9a-f-]{36}@[a-z0-9.-]+>", str(message["Message-ID"]).strip()):
        yield f"Message-ID: {message['Message-ID']}"
    parsedate_to_datetime(message["Date"])
    if message["From"].addresses[0].display_name != "e-PASS JEUNES":
        yield f"From: {message['From']}"
    if message.get_content_type() != "multipart/alternative":
        yield message.get_content_type()
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    for part in (text, html):
        if part.get_content_charset() != "utf-8" or part["Content-Transfer-Encoding"] not in ("quoted-printable", "base64"):
            yield f"{part.get_content_type()}: {part.get_content_charset()}, {part['Content-Transfer-Encoding']}"
    # A quoted-printable part keeps the CRLF of its lines.
    yield from text_faults(text.get_content().replace("\r\n", "\n"), str(message["Subject"]))
    yield from html_faults(html.get_content())


def text_faults(text, subject):
    for line in text.splitlines():
        if len(line) > 78 and not line.startswith("http"):
            yield f"a text line of {len(line)} signs: {line[:40]}…"
    if "\n-- \n" not in text:
        yield "the signature is not behind '-- '"
    if not text.startswith("Bonjour Zoé D’Août-Lefèvre,\n"):
        yield f"it greets nobody: {text[:40]}"
    for where, words in (("subject", subject), ("text", text)):
        for found in PLAIN_SPACE.findall(words):
            yield f"a plain space in the {where}: {found!r}"
        if "« «" in words or "«\u00a0«" in words:
            yield f"quotes twice in the {where}"
    if subject.endswith("– e-PASS JEUNES"):
        yield f"subject: {subject}"


def html_faults(html):
    page = Page()
    page.feed(html)
    if page.loads:
        yield f"HTML loads {page.loads}"
    if page.schemes != ["light dark"]:
        yield f"color-scheme: {page.schemes}"
    words = "".join(page.words)
    for found in PLAIN_SPACE.findall(words):
        yield f"a plain space in the HTML: {found!r}"
    if "e-PASS" in words:
        yield "e-PASS breaks at its hyphen in the HTML"


def main(folder):
    files = sorted(Path(folder).glob("*.eml"))
    if len(files) < 40:
        sys.exit(f"{len(files)} mails: too few to be all kinds")
    bad = 0
    for file in files:
        for fault in faults(file.read_bytes()):
            print(f"{file.name}: {fault}")
            bad += 1
    print(f"{len(files)} mails, {bad} faults")
    sys.exit(1 if bad else 0)


main(sys.argv[1])
