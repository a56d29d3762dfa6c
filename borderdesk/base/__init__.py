"""What every floor above needs: text, dates, numbers, languages, errors, paths, files."""
