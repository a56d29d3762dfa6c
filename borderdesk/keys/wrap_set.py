"""The file format of a desk's wrapped keys: beside the desk, and in each of its backups.

A MAC under the desk's key covers all wraps, so that nobody without the key can add a wrap, which
would receive the next key when that is changed. The serial number, which is in the desk's database
too, distinguishes the current ring from an older one. `docs/formats/keys.md` describes the file.
"""

import datetime
import hashlib
import hmac
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Self

from borderdesk.base.errors import CannotOpen, DamagedFile, OperationRefused, UserError
from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.text import FORBIDDEN, nfc, without_pasted_signs
from borderdesk.keys.key_wrap import ACCOUNT, DESK_COST, RECOVERY, KeyCost, KeyWrap
from borderdesk.keys.recovery_code import is_like_code, read_code
from borderdesk.store.connection.page_cipher import newer_keys

FORMAT, VERSION = "borderdesk-keys", 3
"""The format, and its newest version."""
UNNUMBERED, WITHOUT_SETTINGS = 1, 2
"""The former versions: the first had no serial number, and neither had cipher settings of a key."""
MOST_BYTES = 1 << 20
LONGEST_PASSWORD, LONGEST_NAME = 1_000, 200
SHORT_PASSWORD = 8
"""Signs below which a password is advised against."""


class WrongPassword(CannotOpen):
    """The password, or the code of the recovery sheet, is not the one."""


class WrapSet(NamedTuple):
    """All wraps of a desk's key, and their MAC under it; serial: how often they were changed, 0 for
    those of a former version."""

    wraps: tuple[KeyWrap, ...]
    mac: bytes
    serial: int = 0

    @classmethod
    def signed(cls, wraps: Sequence[KeyWrap], key: bytes, serial: int = 1) -> Self:
        """These wraps, under the MAC of the key."""
        return cls(tuple(wraps), _mac(wraps, key, serial), serial)

    @classmethod
    def of_one(cls, key: bytes, name: str, password: str, *, cost: KeyCost = DESK_COST) -> Self:
        """The ring of a new desk, with its first account. Raises UserError."""
        secret = require_password(password)
        wrap = KeyWrap.make(account_name(name), secret, key, made=today_text(), cost=cost)
        return cls.signed([wrap], key)

    @classmethod
    def parse(cls, content: bytes) -> Self:
        """The wraps in a file's content. Raises CannotOpen for another format, or a damaged
        file."""
        try:
            fields: Any = json.loads(content)
            version = _version(fields)
            wraps = tuple(KeyWrap.read(wrap) for wrap in fields["wraps"])
            serial = 0 if version == UNNUMBERED else int(fields["serial"])
            if (serial > 0) != (version > UNNUMBERED):
                raise ValueError(serial)
            return cls(wraps, bytes.fromhex(fields["mac"]), serial)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise damaged_keys() from None

    def content(self) -> bytes:
        """The content of the file: one line of JSON."""
        fields = {
            "format": FORMAT,
            "version": self._version(),
            "wraps": [wrap.as_json() for wrap in self.wraps],
            "mac": self.mac.hex(),
            **({"serial": self.serial} if self.serial else {}),
        }
        return json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()

    def _version(self) -> int:
        """The lowest version that has all its data: an older program can still read it."""
        if any(wrap.has_settings() for wrap in self.wraps):
            return VERSION
        return WITHOUT_SETTINGS if self.serial else UNNUMBERED

    # ------------------------------------------------------------------- the accounts

    def names(self) -> list[str]:
        """The accounts that have a password, in the order they were made."""
        return [wrap.name for wrap in self.wraps if wrap.kind == ACCOUNT]

    def account(self, name: str | None) -> str:
        """The account that a person means, the only one without a name. Raises CannotOpen."""
        names = self.names()
        if name is None or not name.strip():
            if len(names) == 1:
                return names[0]
            raise CannotOpen(
                _("This desk has several accounts: {names}. Say which (BORDERDESK_USER).").format(
                    names=", ".join(names)
                )
            )
        typed = nfc(name).strip()
        alike = [account for account in names if account.casefold() == typed.casefold()]
        if typed in names or len(alike) == 1:
            return typed if typed in names else alike[0]
        raise CannotOpen(
            _("There is no account “{name}” with a password here, only: {names}.").format(
                name=typed[:60], names=", ".join(names)
            )
        )

    def wrap_of(self, name: str) -> KeyWrap:
        """The wrap of an account, "" for the recovery sheet. Raises UserError."""
        for wrap in self.wraps:
            if wrap.name == name:
                return wrap
        if not name:
            raise no_sheet()
        raise UserError(_("The account “{name}” has no password here.").format(name=name[:60]))

    @property
    def recovery(self) -> KeyWrap | None:
        """The wrap of the recovery sheet, None before one was made."""
        return next((wrap for wrap in self.wraps if wrap.kind == RECOVERY), None)

    # ------------------------------------------------------------------------ opening

    def open(self, name: str | None, password: str) -> bytes:
        """The key that an account's password opens. Raises WrongPassword, CannotOpen."""
        return self._opened(self.wrap_of(self.account(name)), password, wrong_password())

    def open_with_code(self, code: str) -> bytes:
        """The key opened by the code of the recovery sheet. Raises WrongPassword for the code of
        another sheet, UserError for a mistyped one and without a sheet."""
        wrap = self.recovery
        if wrap is None:
            raise no_sheet()
        wrong = _(
            "This is the code of another recovery sheet. The one that opens this was made on {day}."
        ).format(day=format_date(datetime.date.fromisoformat(wrap.made)))
        return self._opened(wrap, read_code(code), WrongPassword(wrong))

    def open_with_either(self, name: str | None, secret: str) -> bytes:
        """The key opened by a password or by the code of the recovery sheet.

        name: the account of the password; None tries all accounts, as the account is not asked for
        with a file.
        """
        if self.recovery is not None and is_like_code(secret):
            return self.open_with_code(secret)
        for account in self.names() if name is None else [name]:
            with suppress(WrongPassword):
                return self.open(account, secret)
        raise wrong_password()

    def _opened(self, wrap: KeyWrap, secret: str, wrong: WrongPassword) -> bytes:
        key = wrap.open(secret)
        if key is None:
            raise wrong
        if not self.is_of(key):
            raise damaged_keys()
        return key

    def is_of(self, key: bytes) -> bool:
        """Whether these wraps were written with this key."""
        return hmac.compare_digest(self.mac, _mac(self.wraps, key, self.serial))

    # ----------------------------------------------------------------------- changing

    def adding(self, key: bytes, name: str, password: str, *, cost: KeyCost = DESK_COST) -> Self:
        """The set with a password for another account. Raises UserError, OperationRefused for an
        account that has one."""
        name = account_name(name)
        self._require_free(name, self.names())
        return self._with_password(key, name, password, cost)

    def changing(self, key: bytes, name: str, password: str, *, cost: KeyCost = DESK_COST) -> Self:
        """The set with a new password for an account that has one. Raises UserError."""
        return self._with_password(key, self.wrap_of(nfc(name)).name, password, cost)

    def renaming(self, key: bytes, name: str, new: str) -> Self:
        """With an account called otherwise; its password stays. Raises UserError,
        OperationRefused."""
        new = account_name(new)
        renamed = self.wrap_of(nfc(name))
        wraps = [wrap for wrap in self.wraps if wrap is not renamed]
        self._require_free(new, [wrap.name for wrap in wraps])
        return self._edited([*wraps, renamed._replace(name=new)], key)

    def removing(self, key: bytes, name: str) -> Self:
        """Without the key for an account. Raises OperationRefused for the last one, UserError."""
        removed = self.wrap_of(nfc(name))
        if self.names() == [removed.name]:
            raise OperationRefused(
                _("The last account keeps its password: nobody could open the desk.")
            )
        return self._edited([wrap for wrap in self.wraps if wrap is not removed], key)

    def with_wrap(self, key: bytes, new: KeyWrap) -> Self:
        """With a wrap in place of the one of its name."""
        wraps = [new if wrap.name == new.name else wrap for wrap in self.wraps]
        return self._edited(wraps if new in wraps else [*wraps, new], key)

    def holding(self, key: bytes) -> Self:
        """The set with another desk key in every wrap."""
        return self._edited([wrap.holding(key) for wrap in self.wraps], key)

    def _with_password(self, key: bytes, name: str, password: str, cost: KeyCost) -> Self:
        secret = require_password(password)
        return self.with_wrap(key, KeyWrap.make(name, secret, key, made=today_text(), cost=cost))

    def _edited(self, wraps: Sequence[KeyWrap], key: bytes) -> Self:
        return self.signed(wraps, key, self.serial + 1)

    @staticmethod
    def _require_free(name: str, taken: Sequence[str]) -> None:
        if name.casefold() in (taken_name.casefold() for taken_name in taken):
            raise OperationRefused(
                _("There is an account “{name}” already.").format(name=name[:60])
            )


def _version(content: Any) -> int:
    """The version in a file's content. Raises ValueError for another format, CannotOpen for a newer
    version."""
    version = content["version"]
    if content["format"] != FORMAT or type(version) is not int or version < UNNUMBERED:
        raise ValueError(version)
    if version > VERSION:
        raise newer_keys()
    return version


def _mac(wraps: Sequence[KeyWrap], key: bytes, serial: int) -> bytes:
    fields = [wrap.as_json() for wrap in sorted(wraps, key=lambda wrap: (wrap.kind, wrap.name))]
    covered = {"serial": serial, "wraps": fields} if serial else fields
    text = json.dumps(covered, ensure_ascii=False, sort_keys=True).encode()
    return hashlib.blake2b(text, key=key, person=b"bd-wraps", digest_size=32).digest()


def account_name(name: str) -> str:
    """The name of an account in its stored form. Raises UserError."""
    name = nfc(name).strip()
    if not name or len(name) > LONGEST_NAME or FORBIDDEN.search(name):
        raise UserError(_("The user needs a name of one line."))
    return name


def require_password(password: str) -> str:
    """A password as it is; UserError for one that is empty, too long, or that nobody can type."""
    if not password:
        raise UserError(_("The password is empty. Choose one of several words."))
    if len(password) > LONGEST_PASSWORD:
        raise UserError(
            _("The password is longer than {most} signs.").format(most=LONGEST_PASSWORD)
        )
    if without_pasted_signs(password) != password:
        raise UserError(
            _("The password has a sign that no key types, such as a line end. Type it anew.")
        )
    return password


def is_weak(password: str) -> bool:
    """Whether a password is so short that it can be guessed with a copy of the file."""
    return len(nfc(password)) < SHORT_PASSWORD


def today_text() -> str:
    """The clock's date (ISO)."""
    return datetime.datetime.now().astimezone().date().isoformat()


def wrong_password() -> WrongPassword:
    """The error for a password that opens nothing."""
    return WrongPassword(
        _(
            "The password is wrong. Look whether Caps Lock is on and which Vietnamese keyboard is"
            " used, and type it again. A lost password is replaced with the recovery sheet."
        )
    )


def damaged_keys() -> DamagedFile:
    """The error for a key file that is not as BorderDesk wrote it."""
    return DamagedFile(
        _(
            "The file of the desk's keys is damaged or was changed by somebody. Nothing was"
            " changed; put it back from a copy, or restore the newest backup."
        )
    )


def no_sheet() -> UserError:
    """The error where no recovery sheet was made."""
    return UserError(_("No recovery sheet was made for this desk, so that no code opens it."))
