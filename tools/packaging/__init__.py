"""The program as a person installs it: set-up file and MSI for Windows, a package for Debian."""
