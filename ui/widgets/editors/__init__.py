"""Editor widgets for the fields of forms, with their completion lists."""
