"""The meaning of cell texts: places, hamlets, choices, figures."""
