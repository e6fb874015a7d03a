"""Words that are an order by themselves: no more messages, messages again, what is this. One table for whoever writes.

The English ones are those that vendors act on (Twilio, "Support for opt-out keywords"; AWS End User Messaging SMS, "Required
opt-out keywords"); the others are what people write who were told how to stop in their own language. Which language a person
writes in nobody knows, so all of them count for everybody. A word is an order only where it is the whole message.

A bare yes answers a question, and is no order. Only from who had stopped it takes that back, as vendors have it.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from letterbook.domain.inbound_text import Keyword

# A line a language: English, French, German, Dutch, Spanish, Italian, Portuguese, Polish, Romanian, Swedish, Danish, Norwegian,
# Finnish, Welsh. Without accents, and in small letters.
_WORDS: dict[Keyword, tuple[str, ...]] = {
    Keyword.STOP: (
        "stop stopall unsubscribe cancel end quit revoke optout remove td",
        "arret arreter arretez desabonner desabonnement desinscrire desinscription",
        "stopp abmelden abbestellen austragen beenden",
        "afmelden uitschrijven stoppen",
        "baja alto cancelar parar detener",
        "ferma fermare cancella disiscrivi annulla basta",
        "pare sair remover cancele",
        "wypisz rezygnuje",
        "dezabonare opreste",
        "avsluta avanmal",
        "afmeld frameld",
        "avmeld",
        "lopeta peruuta",
        "stopio",
    ),
    Keyword.START: (
        "start unstop resubscribe optin",
        "reprendre reabonner debut",
        "anmelden starten",
        "aanmelden",
        "alta reanudar iniciar",
        "inizia riprendi",
        "retomar",
        "wznow",
        "abonare",
        "borja",
        "tilmeld",
        "paameld",
        "aloita",
        "cychwyn",
    ),
    Keyword.HELP: (
        "help info",
        "aide",
        "hilfe",
        "hulp",
        "ayuda",
        "aiuto",
        "ajuda",
        "pomoc",
        "ajutor",
        "hjalp",
        "hjælp",
        "hjelp",
        "apua",
        "cymorth",
    ),
}
# What vendors take for START, and answer (Twilio, the same page).
_YES = "yes"
# A message that is one of these words is not longer, whatever stands around it.
_LONGEST = 60
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")
_WITHIN = re.compile(r"[\s\-\u2010-\u2015]+")

# One text each, short enough for one part. What is in braces is filled in: the firm's name, and where it is reached.
_ANSWERS: Mapping[str, Mapping[Keyword, str]] = {
    "en": {
        Keyword.STOP: "{firm}: you will get no more SMS from us. Reply START to get them again.",
        Keyword.START: "{firm}: you will get our SMS again. Reply STOP to end them.",
        Keyword.HELP: "{firm}: we write to you by SMS about your matter. {reach}Reply STOP to end our SMS.",
    },
    "fr": {
        Keyword.STOP: "{firm} : vous n'aurez plus de SMS de notre part. Répondez START pour en avoir à nouveau.",
        Keyword.START: "{firm} : vous aurez à nouveau nos SMS. Répondez STOP pour y mettre fin.",
        Keyword.HELP: "{firm} : nous vous écrivons par SMS au sujet de votre dossier. {reach}Répondez STOP pour y mettre fin.",
    },
    "de": {
        Keyword.STOP: "{firm}: Sie erhalten keine SMS mehr von uns. Mit START erhalten Sie sie wieder.",
        Keyword.START: "{firm}: Sie erhalten unsere SMS wieder. Mit STOP beenden Sie das.",
        Keyword.HELP: "{firm}: Wir schreiben Ihnen per SMS zu Ihrer Sache. {reach}Mit STOP beenden Sie das.",
    },
    "nl": {
        Keyword.STOP: "{firm}: u krijgt geen sms meer van ons. Antwoord START om ze weer te krijgen.",
        Keyword.START: "{firm}: u krijgt weer sms van ons. Antwoord STOP om dat te beëindigen.",
        Keyword.HELP: "{firm}: wij schrijven u per sms over uw zaak. {reach}Antwoord STOP om dat te beëindigen.",
    },
    "es": {
        Keyword.STOP: "{firm}: no recibirá más SMS nuestros. Responda START para volver a recibirlos.",
        Keyword.START: "{firm}: volverá a recibir nuestros SMS. Responda STOP para no recibirlos más.",
        Keyword.HELP: "{firm}: le escribimos por SMS sobre su asunto. {reach}Responda STOP para no recibirlos más.",
    },
    "it": {
        Keyword.STOP: "{firm}: non ricevera' altri SMS da noi. Risponda START per riceverli di nuovo.",
        Keyword.START: "{firm}: ricevera' di nuovo i nostri SMS. Risponda STOP per non riceverne.",
        Keyword.HELP: "{firm}: le scriviamo per SMS sulla sua pratica. {reach}Risponda STOP per non riceverne.",
    },
    "pt": {
        Keyword.STOP: "{firm}: não receberá mais SMS nossos. Responda START para voltar a recebê-los.",
        Keyword.START: "{firm}: voltará a receber os nossos SMS. Responda STOP para não os receber.",
        Keyword.HELP: "{firm}: escrevemos-lhe por SMS sobre o seu assunto. {reach}Responda STOP para não os receber.",
    },
}
_ALWAYS = "en"


def keyword_in(text: str) -> Keyword | None:
    """The order that a message is, if it is one: in any case, with or without accents, whatever signs stand around it."""
    return None if len(text) > _LONGEST else _by_word().get(_folded(text))


def is_yes(text: str) -> bool:
    return len(text) <= _LONGEST and _folded(text) == _YES


def answer_to(keyword: Keyword, language: str, *, firm: str, reach: str = "") -> str:
    """What is said to who sent such a word, in their language, else in English. `reach` is where the firm is reached."""
    answers = _ANSWERS.get(language.partition("-")[0].lower(), _ANSWERS[_ALWAYS])
    return answers[keyword].format(firm=firm, reach=f"{reach}. " if reach else "")


@cache
def _by_word() -> Mapping[str, Keyword]:
    return {word: keyword for keyword, lines in _WORDS.items() for line in lines for word in line.split()}


def _folded(text: str) -> str:
    """Letters of any width, without case and accents; `OPT-OUT` and `opt out` are one word."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(one for one in apart if not unicodedata.combining(one) and unicodedata.category(one) != "Cf")
    return _WITHIN.sub("", _AROUND.sub("", bare))
