"""Reference data: administrative units, posts, markers, hamlets, pick lists, settings, targets."""
