"""Codes that the rules allow, as the lists name them that they come from.

Currencies and countries are the rules' own, too, and not those that Babel knows: among its names are marks, francs and regions,
which are no codes of an invoice; and a newer one of its data would change what is refused.
"""


def named(text: str) -> frozenset[str]:
    """The words of a text, which names codes or elements one after another."""
    return frozenset(text.split())


# UNCL 1001: what BR-CL-01 allows of it, and what Peppol's billing process takes of that.
INVOICE_TYPES = named(
    "71 80 82 84 102 130 202 203 204 211 218 219 295 325 326 331 336 380 382 383 384 385 386 387 388 389 390 393 394 395 456 457 "
    "527 553 575 623 633 751 780 817 870 875 876 877 935"
)
CREDIT_NOTE_TYPES = named("81 83 261 262 296 308 381 396 420 458 502 503 532")
PEPPOL_INVOICE_TYPES = named(
    "71 80 82 84 102 218 219 326 331 380 382 383 384 386 388 393 395 553 575 623 780 817 870 875 876 877"
)
PEPPOL_CREDIT_NOTE_TYPES = named("81 83 381 396 532")

# UNCL 5305, as far as VAT goes; B is Italy's split payment.
VAT_CATEGORIES = named("AE B E G K L M O S Z")

# UNCL 4461: how something is paid.
PAYMENT_MEANS = frozenset(str(code) for code in range(1, 71)) | named("74 75 76 77 78 91 92 93 94 95 96 97 98 ZZZ")

# UNCL 5189: reasons of allowances, as EN 16931 takes them.
ALLOWANCE_REASONS = named("41 42 60 62 63 64 65 66 67 68 70 71 88 95 100 102 103 104 105")

# UNCL 7161: reasons of charges.
CHARGE_REASONS = named(
    "AA AAA AAC AAD AAE AAF AAH AAI AAS AAT AAV AAY AAZ ABA ABB ABC ABD ABF ABK ABL ABN ABR ABS ABT ABU ACF ACG ACH ACI ACJ ACK "
    "ACL ACM ACS ADC ADE ADJ ADK ADL ADM ADN ADO ADP ADQ ADR ADT ADW ADY ADZ AEA AEB AEC AED AEF AEH AEI AEJ AEK AEL AEM AEN AEO "
    "AEP AES AET AEU AEV AEW AEX AEY AEZ AJ AU CA CAB CAD CAE CAF CAI CAJ CAK CAL CAM CAN CAO CAP CAQ CAR CAS CAT CAU CAV CAW CAX "
    "CAY CAZ CD CG CS CT DAB DAC DAD DAF DAG DAH DAI DAJ DAK DAL DAM DAN DAO DAP DAQ DL EG EP ER FAA FAB FAC FC FH FI GAA HAA HD "
    "HH IAA IAB ID IF IR IS KO L1 LA LAA LAB LF MAE MI ML NAA OA PA PAA PC PL PRV RAB RAC RAD RAF RE RF RH RV SA SAA SAD SAE SAI "
    "SG SH SM SU TAB TAC TT TV V1 V2 WH XAA YY ZZZ"
)

# UNCL 2005: from which day VAT is due.
PERIOD_CODES = frozenset({"3", "35", "432"})

# What may be attached.
MEDIA_TYPES = frozenset(
    {
        "application/pdf",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "image/jpeg",
        "image/png",
        "text/csv",
    }
)

# ISO 4217: what is in use, with what went out of it of late; funds and metals with it.
CURRENCIES = named(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
    "CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK "
    "HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK "
    "MNT MOP MRO MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR "
    "SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW "
    "UZS VED VEF VES VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG "
    "ZWL"
)

# ISO 3166-1, with Kosovo (1A) and Northern Ireland (XI), which the lists of the networks add.
COUNTRIES = named(
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF "
    "CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH "
    "GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW "
    "KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG "
    "NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN "
    "SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT "
    "ZA ZM ZW 1A XI"
)
