"""An e-invoice as a page shows it: who, what, how much; and what its networks are called."""

from letterbook.domain.party import EinvoiceAddress, Network

NETWORKS: dict[str, str] = {Network.PEPPOL: "Peppol", Network.CHORUS_PRO: "Chorus Pro"}


def address_words(address: EinvoiceAddress) -> str:
    """`0208:0123456749 by Peppol`."""
    return f"{address} by {NETWORKS[address.network]}" if address.network else str(address)
