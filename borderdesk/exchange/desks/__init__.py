"""Who the desks are: cards, units, set-up files, what each holds and may author."""
