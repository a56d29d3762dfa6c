"""The overview pages: home, day book, state of the markers."""
