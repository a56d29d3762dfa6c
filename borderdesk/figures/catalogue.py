"""The indicators and scopes of a desk, by their texts."""

import datetime

from borderdesk.base.errors import UserError
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.scopes import parse_scope
from borderdesk.session.session import SessionPart


class FigureCatalogue(SessionPart):
    """The indicator keys and scope texts of a desk."""

    def indicator_keys(self) -> list[str]:
        """The keys of every indicator, in the order of the report."""
        return [row.key for row in all_rows(self.session.book)]

    def scope_text(self, scope: str, day: datetime.date) -> str:
        """A scope as it is stored: its units by their permanent ids. Raises UserError."""
        return parse_scope(self.session.book, scope, day).text

    def yearly_scope(self, scope: str, year: int) -> str:
        """A scope of a yearly target as it is stored; a unit that ended in the year counts.

        Raises UserError.
        """
        period = self.session.calendar().parse(str(year))
        try:
            return self.scope_text(scope, period.last)
        except UserError:
            return self.scope_text(scope, period.first)
