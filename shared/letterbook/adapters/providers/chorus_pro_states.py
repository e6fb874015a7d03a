"""What Chorus Pro calls the stages of a deposit and of an invoice: what each means for us, and its words in English and French.

Both lists are open: what is not here moves nothing, and is kept as it came. Sources: AIFE, "Dossier de spécifications externes de
Chorus Pro", lists of flow states and of invoice statuses.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from letterbook.domain.failures import FailureCode, FailureText
from letterbook.domain.receipts import DeliveryOutcome

_F, _D = FailureCode, DeliveryOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """`en` and `fr` say it to people. `fact` is what it means for the entry; one that fails has a `code` and `advice`.

    `opened`: somebody there worked on it. `waits`: for somebody of ours to add something. `late`: it stands still at Chorus Pro.
    """

    en: str
    fr: str
    fact: DeliveryOutcome | None = None
    code: FailureCode | None = None
    advice: str = ""
    opened: bool = False
    waits: bool = False
    late: bool = False


def _taken(en: str, fr: str, *, late: bool = False) -> Stage:
    return Stage(en=en, fr=fr, fact=_D.ACCEPTED, late=late)


def _arrived(en: str, fr: str, *, opened: bool = False, waits: bool = False) -> Stage:
    return Stage(en=en, fr=fr, fact=_D.DELIVERED, opened=opened, waits=waits)


def _worked_on(en: str, fr: str) -> Stage:
    return _arrived(en, fr, opened=True)


def _refused(en: str, fr: str, advice: str) -> Stage:
    return Stage(en=en, fr=fr, fact=_D.REFUSED, code=_F.CONTENT, advice=advice)


def _failed(en: str, fr: str, code: FailureCode, advice: str) -> Stage:
    """It outweighs that it was made available before."""
    return Stage(en=en, fr=fr, fact=_D.HARD_BOUNCE, code=code, advice=advice)


def _named(en: str, fr: str) -> Stage:
    """It says nothing of whether it arrived: works contracts, where several sign one after another."""
    return Stage(en=en, fr=fr)


_CORRECT_FILE = "Correct the invoice, then send it again."
_CORRECT_BUYER = "Correct the buyer's number or service code, in Chorus Pro or in a new invoice."

FLOW_STAGES: Mapping[str, Stage] = {
    "IN_RECU": _taken("Chorus Pro received the file.", "Chorus Pro a reçu le fichier."),
    "IN_TRAITE_SE_CPP": _taken(
        "Chorus Pro has passed the file on to its checks.", "Chorus Pro a transmis le fichier aux contrôles."
    ),
    "IN_EN_ATTENTE_TRAITEMENT_CPP": _taken(
        "The file waits for Chorus Pro to check it.", "Le fichier attend d'être contrôlé par Chorus Pro."
    ),
    "IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP": _taken(
        "The file was deposited and waits for Chorus Pro.", "Le fichier est déposé et attend son traitement."
    ),
    "IN_EN_COURS_TRAITEMENT_CPP": _taken("Chorus Pro checks the file.", "Chorus Pro contrôle le fichier."),
    "QP_RECEVABLE": _taken("The file is admissible.", "Le fichier est recevable."),
    "IN_EN_ATTENTE_RETRAITEMENT_CPP": _taken(
        "Chorus Pro will process the file again.", "Chorus Pro va traiter le fichier à nouveau.", late=True
    ),
    "QP_RECEVABLE_AVEC_ERREUR": _taken(
        "The file is admissible, with errors.", "Le fichier est recevable, avec des erreurs.", late=True
    ),
    "IN_INTEGRE": _taken("Chorus Pro has taken the invoice in.", "Chorus Pro a intégré la facture."),
    "IN_INTEGRE_PARTIEL": _taken(
        "Chorus Pro has taken a part of the file in.", "Chorus Pro a intégré le fichier en partie."
    ),
    "IN_REJETE": _refused("Chorus Pro refused the file.", "Chorus Pro a rejeté le fichier.", _CORRECT_FILE),
    "QP_IRRECEVABLE": _refused("The file is not admissible.", "Le fichier est irrecevable.", _CORRECT_FILE),
    "IN_INCIDENTE": Stage(
        en="Chorus Pro had a failure and processed nothing.",
        fr="Un incident est survenu : Chorus Pro n'a rien traité.",
        fact=_D.SOFT_BOUNCE,
        code=_F.UNKNOWN,
        advice="Nothing was taken: send the invoice again.",
    ),
}
# Where the invoice itself is to be asked for.
INTEGRATED = frozenset({"IN_INTEGRE", "IN_INTEGRE_PARTIEL"})
PARTLY, NOT_TAKEN = "IN_INTEGRE_PARTIEL", "IN_REJETE"

INVOICE_STAGES: Mapping[str, Stage] = {
    "BROUILLON": _taken("The invoice is a draft in Chorus Pro.", "La facture est un brouillon dans Chorus Pro."),
    "DEPOSEE": _taken("The invoice was deposited.", "La facture est déposée."),
    "INTERPRETEE_OCR": _taken("Chorus Pro reads the invoice.", "Chorus Pro interprète la facture."),
    "EN_COURS_ACHEMINEMENT": _taken(
        "The invoice is on its way to the buyer.", "La facture est en cours d'acheminement."
    ),
    "MISE_A_DISPOSITION": _arrived(
        "The invoice was made available to the buyer.", "La facture est mise à disposition du destinataire."
    ),
    "PRISE_EN_COMPTE_DESTINATAIRE": _worked_on(
        "The buyer has taken note of the invoice.", "Le destinataire a pris en compte la facture."
    ),
    "SERVICE_FAIT": _worked_on(
        "The buyer confirmed that the service was done.", "Le destinataire a constaté le service fait."
    ),
    "MANDATEE": _worked_on("The buyer ordered the payment.", "La facture est mandatée."),
    "MISE_A_DISPOSITION_COMPTABLE": _worked_on(
        "The invoice is with the public accountant.", "La facture est mise à disposition du comptable."
    ),
    "COMPTABILISEE": _worked_on("The public accountant booked the invoice.", "Le comptable a comptabilisé la facture."),
    "MISE_EN_PAIEMENT": _worked_on("The invoice is being paid.", "La facture est mise en paiement."),
    "SUSPENDUE": _arrived(
        "The buyer suspended the invoice: a document is missing. Add it in Chorus Pro.",
        "Le destinataire a suspendu la facture : il manque une pièce. Ajoutez-la dans Chorus Pro.",
        waits=True,
    ),
    "A_COMPLETER": _arrived(
        "The invoice is to be completed: a document is missing. Add it in Chorus Pro.",
        "La facture est à compléter : il manque une pièce. Ajoutez-la dans Chorus Pro.",
        waits=True,
    ),
    "COMPLETEE": _arrived(
        "The invoice was completed and is back with the buyer.",
        "La facture est complétée et de nouveau chez le destinataire.",
    ),
    "A_RECYCLER": _failed(
        "The invoice went to the wrong buyer or service.",
        "La facture est à recycler : destinataire ou service erroné.",
        _F.INVALID_ADDRESS,
        _CORRECT_BUYER,
    ),
    "EN_ATTENTE_RECYCLAGE_FOURNISSEUR": _failed(
        "The invoice waits to be sent to the right buyer or service.",
        "La facture attend son recyclage par le fournisseur.",
        _F.INVALID_ADDRESS,
        _CORRECT_BUYER,
    ),
    "ERREUR_DESTINATAIRE_PD": _failed(
        "Chorus Pro does not know the buyer.",
        "Chorus Pro ne connaît pas le destinataire.",
        _F.INVALID_ADDRESS,
        _CORRECT_BUYER,
    ),
    "ERREUR_DESTINATAIRE_EA": _failed(
        "Chorus Pro does not know the buyer of this commitment.",
        "Chorus Pro ne connaît pas le destinataire de cet engagement.",
        _F.INVALID_ADDRESS,
        _CORRECT_BUYER,
    ),
    "REJETEE": _failed(
        "The buyer rejected the invoice.",
        "Le destinataire a rejeté la facture.",
        _F.RECIPIENT_REJECTED,
        "Read the buyer's reason in Chorus Pro, correct the invoice, then send a new one.",
    ),
    "NON_CONFORME": _failed(
        "The invoice does not comply with the buyer's rules.",
        "La facture n'est pas conforme.",
        _F.RECIPIENT_REJECTED,
        "Correct the invoice, then send a new one.",
    ),
    "ABANDONNEE": _failed(
        "The invoice was abandoned in Chorus Pro.",
        "La facture est abandonnée dans Chorus Pro.",
        _F.CANCELLED,
        "Send it again if it is still wanted.",
    ),
    "SUPPRIMEE": _failed(
        "The invoice was deleted in Chorus Pro.",
        "La facture est supprimée dans Chorus Pro.",
        _F.CANCELLED,
        "Send it again if it is still wanted.",
    ),
    "A_VALIDER_1": _named("It waits for the first validation.", "Elle attend la première validation."),
    "VALIDEE_1": _named("The first validation was given.", "La première validation est donnée."),
    "REFUSEE_1": _named("The first validation was refused.", "La première validation est refusée."),
    "ABSENCE_VALIDATION_1_HORS_DELAI": _named(
        "The first validation did not come in time.", "La première validation n'est pas venue à temps."
    ),
    "A_VALIDER_2": _named("It waits for the second validation.", "Elle attend la seconde validation."),
    "VALIDEE_2": _named("The second validation was given.", "La seconde validation est donnée."),
    "REFUSEE_2": _named("The second validation was refused.", "La seconde validation est refusée."),
    "ABSENCE_VALIDATION_2_HORS_DELAI": _named(
        "The second validation did not come in time.", "La seconde validation n'est pas venue à temps."
    ),
    "A_VALIDER_MOE": _named("It waits for the project manager.", "Elle attend la validation du maître d'œuvre."),
    "A_ASSOCIER_MOE": _named("A project manager is to be named.", "Un maître d'œuvre est à associer."),
    "MISE_A_DISPOSITION_MOE": _named(
        "It was made available to the project manager.", "Elle est mise à disposition du maître d'œuvre."
    ),
    "PRISE_EN_COMPTE_MOE": _named(
        "The project manager has taken note of it.", "Le maître d'œuvre l'a prise en compte."
    ),
    "REFUSEE_MOE": _named("The project manager refused it.", "Le maître d'œuvre l'a refusée."),
    "ABSENCE_VALIDATION_MOE_DELAI_REGLEMENTAIRE": _named(
        "The project manager did not answer in the legal time.",
        "Le maître d'œuvre n'a pas répondu dans le délai réglementaire.",
    ),
    "A_ASSOCIER_MOA": _named("The client of the works is to be named.", "Un maître d'ouvrage est à associer."),
    "TRANSMISE_MOA": _named("It was passed on to the client of the works.", "Elle est transmise au maître d'ouvrage."),
    "MISE_A_DISPOSITION_MOA": _named(
        "It was made available to the client of the works.", "Elle est mise à disposition du maître d'ouvrage."
    ),
    "PRISE_EN_COMPTE_MOA": _named(
        "The client of the works has taken note of it.", "Le maître d'ouvrage l'a prise en compte."
    ),
    "REFUSEE_MOA": _named("The client of the works refused it.", "Le maître d'ouvrage l'a refusée."),
    "A_ASSOCIER_FOURNISSEUR": _named("A supplier is to be named.", "Un fournisseur est à associer."),
    "REFUSEE_FOURNISSEUR": _named("The supplier refused it.", "Le fournisseur l'a refusée."),
    "ASSOCIEE": _named("It is part of a file of works.", "Elle est associée à un dossier de travaux."),
    "REMPLACEE_PAR_A22": _named("Another document took its place.", "Un autre document l'a remplacée."),
    "DUPLIQUE_APRES_REFUS": _named("It was copied after it was refused.", "Elle est dupliquée après refus."),
    "EN_COURS_TRAITEMENT_PIVOT_S": _named("Chorus Pro works on it.", "Chorus Pro la traite."),
    "ERREUR_FOURNISSEUR_SUR_VALIDEUR": _named(
        "The supplier named a wrong validator.", "Le valideur indiqué par le fournisseur est erroné."
    ),
    "ERREUR_COTRAITANT_SUR_VALIDEUR": _named(
        "The co-contractor named a wrong validator.", "Le valideur indiqué par le cotraitant est erroné."
    ),
    "ERREUR_FOURNISSEUR_SUR_MOE": _named(
        "The supplier named a wrong project manager.", "Le maître d'œuvre indiqué par le fournisseur est erroné."
    ),
    "ERREUR_FOURNISSEUR_SUR_MOA": _named(
        "The supplier named a wrong client of the works.",
        "Le maître d'ouvrage indiqué par le fournisseur est erroné.",
    ),
    "ERREUR_MOE_SUR_FOURNISSEUR": _named(
        "The project manager named a wrong supplier.", "Le fournisseur indiqué par le maître d'œuvre est erroné."
    ),
    "ERREUR_MOE_SUR_MOA": _named(
        "The project manager named a wrong client of the works.",
        "Le maître d'ouvrage indiqué par le maître d'œuvre est erroné.",
    ),
    "ERREUR_MOA_SUR_FOURNISSEUR": _named(
        "The client of the works named a wrong supplier.",
        "Le fournisseur indiqué par le maître d'ouvrage est erroné.",
    ),
    "ERREUR_DE_MOE": _named("The project manager is wrong.", "Le maître d'œuvre est erroné."),
    "ERREUR_DE_MOA": _named("The client of the works is wrong.", "Le maître d'ouvrage est erroné."),
    "TECHNIQUE_INCONNU": _named(
        "Chorus Pro does not know how it stands.", "Chorus Pro ne connaît pas le statut de la facture."
    ),
}
# Codes of which more may come.
_WRONG_BUYER = "ERREUR_DESTINATAIRE_"

FAILURES: Mapping[str, FailureText] = {
    name: FailureText(one.en, one.advice) for name, one in {**FLOW_STAGES, **INVOICE_STAGES}.items() if one.advice
}


def flow_stage(state: str) -> Stage | None:
    """None for a state that is not known."""
    return FLOW_STAGES.get(state)


def invoice_stage(status: str) -> Stage | None:
    """None for a status that is not known."""
    known = INVOICE_STAGES.get(status)
    if known is None and status.startswith(_WRONG_BUYER):
        return INVOICE_STAGES["ERREUR_DESTINATAIRE_PD"]
    return known
