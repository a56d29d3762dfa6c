"""The parts that describe a household, as the columns of a list name them."""

from borderdesk.schema.kinds import DESCRIBED_BY

HEAD, COMMUNE, HAMLET_KEY, CITIZEN = DESCRIBED_BY
