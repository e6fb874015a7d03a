"""Files that do something when somebody opens them: programs, scripts, shortcuts, pages, images of disks, documents with macros.

Named by what they end in, since that is what decides what a computer does with them, and by what their sender calls them.
"""

import unicodedata

from letterbook.domain.visible import name_of


def _all_of(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# What Outlook does not let anybody open (Microsoft, "Blocked attachments in Outlook").
_BLOCKED_BY_OUTLOOK = _all_of(
    "ade adp app application appref-ms asp aspx asx bas bat bgi cab cer chm cmd cnt com cpl crt csh der diagcab exe fxp",
    "gadget grp hlp hpj hta htc inf ins iso isp its jar jnlp js jse ksh lnk mad maf mag mam maq mar mas mat mau mav maw mcf",
    "mda mdb mde mdt mdw mdz msc msh msh1 msh1xml msh2 msh2xml mshxml msi msp mst msu ops osd pcd pif pl plg prf prg",
    "printerexport ps1 ps1xml ps2 ps2xml psc1 psc2 psd1 psdm1 pst py pyc pyo pyw pyz pyzw reg scf scr sct shb shs theme tmp",
    "url vb vbe vbp vbs vhd vhdx vsmacros vsw webpnp website ws wsc wsf wsh xbap xll xnk",
)
# Office documents that can hold macros (Microsoft, "File formats that are supported"), and what Office fetches or runs code from.
_MACROS = _all_of(
    "docm dotm xlsm xltm xlsb xlam xla xlm pptm potm ppam ppsm sldm ppa slk iqy oqy rqy dqy wll wiz one onepkg onetoc2 xsn",
)
# Pages that a browser opens from the disk, and runs.
_PAGES = _all_of(
    "htm html shtm shtml xht xhtml mht mhtml svg svgz xsl xslt swf htb",
)
# Disks and packages: what is in them bears no mark of having come from elsewhere (Windows' Mark of the Web).
_DISKS = _all_of(
    "img wim dmg pkg mpkg msix msixbundle appx appxbundle appinstaller deb rpm apk ipa flatpakref snap run",
)
# Programs and scripts of Windows, macOS and Linux that Outlook does not know.
_PROGRAMS = _all_of(
    "class command desktop dll drv elf bash sh zsh fish scpt scptd applescript workflow terminal action ocx sys vxd efi mui",
    "ax php phar cgi rb ahk au3 rdp rdpw library-ms search-ms searchconnector-ms settingcontent-ms contact mof ppkg inetloc",
    "webloc fileloc",
)
_ENDINGS = _BLOCKED_BY_OUTLOOK | _MACROS | _PAGES | _DISKS | _PROGRAMS
_MEDIA_TYPES = _all_of(
    "application/bat application/ecmascript application/hta application/java-archive application/javascript",
    "application/vbscript application/vnd.android.package-archive application/vnd.apple.installer+xml",
    "application/vnd.microsoft.portable-executable application/x-apple-diskimage application/x-bat application/x-csh",
    "application/x-dosexec application/x-executable application/x-elf application/x-java-archive",
    "application/x-java-jnlp-file application/x-javascript application/x-iso9660-image application/x-mach-binary",
    "application/x-ms-application application/x-ms-installer application/x-ms-shortcut application/x-msdos-program",
    "application/x-msdownload application/x-msi application/x-php application/x-powershell application/x-python-code",
    "application/x-sh application/x-shellscript application/x-shockwave-flash application/x-vbs application/xhtml+xml",
    "image/svg+xml text/ecmascript text/html text/javascript text/vbs text/vbscript text/x-python text/x-sh",
    "text/x-shellscript",
)
_MACRO_TYPE = ".macroenabled"


def is_dangerous(name: str, media_type: str) -> bool:
    """Whether opening it may run something. A name that ends in blanks, dots or a stream (`a.exe::$DATA`) is the name before."""
    kind = media_type.partition(";")[0].strip().lower()
    return kind in _MEDIA_TYPES or _MACRO_TYPE in kind or any(_ending(one) in _ENDINGS for one in name.split(":"))


def _ending(name: str) -> str:
    """As Windows takes it: in any case, in letters of any width."""
    seen = unicodedata.normalize("NFKC", name_of(name)).replace("\u2024", ".").casefold().rstrip(" .")
    _, dot, ending = seen.rpartition(".")
    return ending.strip() if dot else ""
