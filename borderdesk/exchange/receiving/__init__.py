"""Files in: packages of a stick or a shared folder, and cards."""
